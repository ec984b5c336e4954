"""What goes over the API, a module a subject: requests parsed strictly, answers shaped for people and programs."""
