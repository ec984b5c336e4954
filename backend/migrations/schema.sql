-- as made by 0017_cancelled_drafts

CREATE FUNCTION public.keep_for_term() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - term_of(TG_ARGV[0]) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed, and deleted past their term alone', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION public.next_ticket_sequence(day date) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text := 'ticket_of_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('next_ticket_sequence'));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
    END IF;
    RETURN nextval(name::regclass);
END
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The one exception: words and the person go from the events of a ticket whose term is over.
        IF NEW.reason IS NULL AND NEW.data <@ OLD.data
            AND (NEW.actor_id = OLD.actor_id OR NEW.actor_id IS NULL AND (OLD.actor_id IS NULL OR OLD.actor_kind = 'contact'))
            AND (NEW.id, NEW.ticket_id, NEW.seq, NEW.at, NEW.kind, NEW.actor_kind) = (OLD.id, OLD.ticket_id, OLD.seq, OLD.at, OLD.kind, OLD.actor_kind)
            AND (NEW.department_id, NEW.channel) IS NOT DISTINCT FROM (OLD.department_id, OLD.channel)
            AND EXISTS (SELECT FROM ticket WHERE id = OLD.ticket_id AND cleared_at IS NOT NULL)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION public.term_of(key text) RETURNS interval
    LANGUAGE sql STABLE
    AS $$
    SELECT make_interval(days => GREATEST(180, (
        SELECT (policy.text::jsonb -> 'retention' ->> key)::int FROM policy ORDER BY in_force_since DESC LIMIT 1
    )))
$$;

CREATE TABLE public.access_log (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind character varying(16) NOT NULL,
    actor_id bigint,
    ticket_id bigint,
    what character varying(64) NOT NULL,
    reason character varying(200) NOT NULL
);

COMMENT ON TABLE public.access_log IS 'Who read personal data, when, and why.';

CREATE SEQUENCE public.access_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.access_log_id_seq OWNED BY public.access_log.id;

CREATE TABLE public.assignment (
    id bigint NOT NULL,
    role character varying(8) NOT NULL,
    state character varying(16) NOT NULL,
    round integer NOT NULL,
    barred_staff_id bigint,
    dispatched_at timestamp with time zone NOT NULL,
    sign_due timestamp with time zone,
    contact_due timestamp with time zone,
    interim_due timestamp with time zone,
    resolve_due timestamp with time zone,
    signed_at timestamp with time zone,
    contacted_at timestamp with time zone,
    interim_at timestamp with time zone,
    replied_at timestamp with time zone,
    waiting boolean NOT NULL,
    warning character varying(8),
    reply text,
    solved boolean,
    return_proposed boolean NOT NULL,
    department_id bigint NOT NULL,
    handler_id bigint,
    ticket_id bigint NOT NULL
);

COMMENT ON TABLE public.assignment IS 'A ticket handed to one department 派单.';

CREATE SEQUENCE public.assignment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.assignment_id_seq OWNED BY public.assignment.id;

CREATE TABLE public.attachment (
    id uuid NOT NULL,
    contact_id bigint,
    staff_id bigint,
    kind character varying(8) NOT NULL,
    media_type character varying(100) NOT NULL,
    size bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    transcript text,
    created_at timestamp with time zone NOT NULL,
    ticket_id bigint,
    rating_round integer
);

COMMENT ON TABLE public.attachment IS 'A file kept outside the database, under its id.';

CREATE TABLE public.binding_code (
    digest character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    staff_id bigint NOT NULL
);

COMMENT ON TABLE public.binding_code IS 'A one-time code that binds a messenger account to a member of staff.';

CREATE TABLE public.contact (
    id bigint NOT NULL,
    name character varying(200),
    phone character varying(20),
    language character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enterprise_id bigint,
    enterprise_name character varying(200)
);

COMMENT ON TABLE public.contact IS 'A person speaking for an enterprise 联系人.';

CREATE SEQUENCE public.contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.contact_id_seq OWNED BY public.contact.id;

CREATE TABLE public.department (
    id bigint NOT NULL,
    code character varying(64) NOT NULL,
    name character varying(100) NOT NULL,
    name_en character varying(100) NOT NULL,
    level character varying(16) NOT NULL,
    district_id character varying(64),
    group_chat character varying(64),
    parent_id bigint,
    group_linked_by bigint
);

COMMENT ON TABLE public.department IS 'A unit that handles tickets 承办单位.';

CREATE SEQUENCE public.department_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.department_id_seq OWNED BY public.department.id;

CREATE TABLE public.district (
    id character varying(64) NOT NULL,
    name character varying(100) NOT NULL,
    name_en character varying(100) NOT NULL,
    parent_id character varying(64)
);

COMMENT ON TABLE public.district IS 'An administrative area; `path` runs from the county down, so duties can match the nearest.';

CREATE TABLE public.draft (
    id uuid NOT NULL,
    identity_id bigint NOT NULL,
    scenario character varying(64) NOT NULL,
    form jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    contact_id bigint NOT NULL,
    cancelled boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE public.draft IS 'A half-filled form.';

CREATE TABLE public.due (
    id bigint NOT NULL,
    subject character varying(48) NOT NULL,
    kind character varying(32) NOT NULL,
    period character varying(16) NOT NULL,
    due_at timestamp with time zone,
    done_at timestamp with time zone
);

COMMENT ON TABLE public.due IS 'Something to do at a time; the worker claims it when it is due.';

CREATE SEQUENCE public.due_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.due_id_seq OWNED BY public.due.id;

CREATE TABLE public.duty (
    id bigint NOT NULL,
    scenario character varying(64) NOT NULL,
    district_id character varying(64),
    lead character varying(64) NOT NULL,
    assists jsonb NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    version integer NOT NULL
);

COMMENT ON TABLE public.duty IS 'An entry of the duty list 职责清单.';

CREATE SEQUENCE public.duty_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.duty_id_seq OWNED BY public.duty.id;

CREATE TABLE public.enterprise (
    id bigint NOT NULL,
    uscc character varying(18),
    name character varying(200),
    district_id character varying(64),
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.enterprise IS 'One file per enterprise 一企一档.';

CREATE SEQUENCE public.enterprise_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.enterprise_id_seq OWNED BY public.enterprise.id;

CREATE TABLE public.event (
    id bigint NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(32) NOT NULL,
    actor_kind character varying(16) NOT NULL,
    actor_id bigint,
    department_id bigint,
    channel character varying(32),
    reason text,
    data jsonb NOT NULL,
    ticket_id bigint NOT NULL
);

COMMENT ON TABLE public.event IS 'What happened, by whom, when; never changed or deleted.';

CREATE SEQUENCE public.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;

CREATE TABLE public.failed_log_in (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    staff_id bigint,
    name_digest character varying(64) NOT NULL,
    address character varying(100) NOT NULL,
    why character varying(24) NOT NULL
);

COMMENT ON TABLE public.failed_log_in IS 'A log-in that was refused, for the auditor; never changed, and deleted past its term alone.';

CREATE SEQUENCE public.failed_log_in_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.failed_log_in_id_seq OWNED BY public.failed_log_in.id;

CREATE TABLE public.idempotent_call (
    actor character varying(120) NOT NULL,
    key character varying(200) NOT NULL,
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    status integer,
    body text,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.idempotent_call IS 'The answer once given under an Idempotency-Key.';

CREATE SEQUENCE public.idempotent_call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.idempotent_call_id_seq OWNED BY public.idempotent_call.id;

CREATE TABLE public.identity (
    id bigint NOT NULL,
    channel character varying(32) NOT NULL,
    external_id character varying(200) NOT NULL,
    blocked_at timestamp with time zone,
    contact_id bigint,
    staff_id bigint,
    bound_at timestamp with time zone,
    seen_at timestamp with time zone
);

COMMENT ON TABLE public.identity IS 'An account in a channel: of a contact, or bound to a member of staff.';

CREATE SEQUENCE public.identity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.identity_id_seq OWNED BY public.identity.id;

CREATE TABLE public.notice (
    id bigint NOT NULL,
    key character varying(200) NOT NULL,
    channel character varying(32) NOT NULL,
    address character varying(200) NOT NULL,
    fallback jsonb NOT NULL,
    language character varying(8) NOT NULL,
    template character varying(40) NOT NULL,
    args jsonb NOT NULL,
    ticket_id bigint,
    ready_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    done_at timestamp with time zone,
    outcome character varying(16)
);

COMMENT ON TABLE public.notice IS 'A message to deliver: the outbox.';

CREATE SEQUENCE public.notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.notice_id_seq OWNED BY public.notice.id;

CREATE TABLE public.policy (
    version character varying(64) NOT NULL,
    text text NOT NULL,
    in_force_since timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.policy IS 'A policy that was in force once: tickets accepted under it are reckoned by it to their end.';

CREATE TABLE public.question (
    id bigint NOT NULL,
    text text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answer text,
    answered_at timestamp with time zone,
    assignment_id bigint,
    ticket_id bigint NOT NULL
);

COMMENT ON TABLE public.question IS 'What a handler asked the enterprise; the clock stands until it is answered.';

CREATE SEQUENCE public.question_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.question_id_seq OWNED BY public.question.id;

CREATE TABLE public.rating (
    id bigint NOT NULL,
    round integer NOT NULL,
    grade character varying(16) NOT NULL,
    solved boolean NOT NULL,
    comment text NOT NULL,
    at timestamp with time zone NOT NULL,
    ticket_id bigint NOT NULL
);

COMMENT ON TABLE public.rating IS 'The person''s own free rating of one round 评价.';

CREATE SEQUENCE public.rating_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.rating_id_seq OWNED BY public.rating.id;

CREATE TABLE public.recovery_code (
    digest character varying(64) NOT NULL,
    staff_id bigint NOT NULL
);

COMMENT ON TABLE public.recovery_code IS 'Stands in for the authenticator app, once; used ones are deleted.';

CREATE TABLE public.second_factor (
    id bigint NOT NULL,
    sealed character varying(200) NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    staff_id bigint NOT NULL
);

COMMENT ON TABLE public.second_factor IS 'The authenticator app of a member of staff (TOTP, RFC 6238).';

CREATE SEQUENCE public.second_factor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.second_factor_id_seq OWNED BY public.second_factor.id;

CREATE TABLE public.service_token (
    digest character varying(64) NOT NULL,
    name character varying(64) NOT NULL,
    scopes jsonb NOT NULL,
    channels jsonb NOT NULL
);

COMMENT ON TABLE public.service_token IS 'A program''s access: scopes, and the channels it may speak for.';

CREATE TABLE public.staff (
    id bigint NOT NULL,
    username character varying(64) NOT NULL,
    name character varying(100) NOT NULL,
    password_hash character varying(200) NOT NULL,
    roles jsonb NOT NULL,
    language character varying(8) NOT NULL,
    active boolean NOT NULL,
    department_id bigint NOT NULL
);

CREATE SEQUENCE public.staff_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.staff_id_seq OWNED BY public.staff.id;

CREATE TABLE public.staff_session (
    digest character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    staff_id bigint NOT NULL,
    created_at timestamp with time zone,
    seen_at timestamp with time zone,
    address character varying(100) DEFAULT ''::character varying NOT NULL
);

COMMENT ON TABLE public.staff_session IS 'A log-in; only a digest of its token is kept.';

CREATE TABLE public.ticket (
    id bigint NOT NULL,
    number character varying(13) NOT NULL,
    code_digest character varying(64) NOT NULL,
    version integer NOT NULL,
    state character varying(16) NOT NULL,
    kind character varying(16) NOT NULL,
    scenario character varying(64) NOT NULL,
    scenario_version integer NOT NULL,
    title character varying(200) NOT NULL,
    story text NOT NULL,
    answers jsonb NOT NULL,
    district_id character varying(64),
    address character varying(200),
    location jsonb,
    urgent boolean NOT NULL,
    hidden_reporter boolean NOT NULL,
    unclear boolean NOT NULL,
    callback boolean NOT NULL,
    difficult boolean NOT NULL,
    round integer NOT NULL,
    policy_version character varying(64) NOT NULL,
    language character varying(8) NOT NULL,
    reply text,
    created_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    promised_at timestamp with time zone,
    provisional boolean NOT NULL,
    completed_at timestamp with time zone,
    closed_at timestamp with time zone,
    cleared_at timestamp with time zone,
    contact_id bigint NOT NULL,
    enterprise_id bigint,
    identity_id bigint NOT NULL,
    lacks_lead boolean DEFAULT false NOT NULL,
    contact_name character varying(200),
    contact_phone character varying(20),
    enterprise_name character varying(200),
    enterprise_uscc character varying(18),
    as_filed boolean DEFAULT true NOT NULL,
    waiting boolean DEFAULT false NOT NULL,
    phone_bound boolean DEFAULT true NOT NULL
);

COMMENT ON TABLE public.ticket IS 'One matter, one ticket 一事一单.';

CREATE SEQUENCE public.ticket_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.ticket_id_seq OWNED BY public.ticket.id;

CREATE TABLE public.topic (
    id bigint NOT NULL,
    chat character varying(64) NOT NULL,
    topic bigint NOT NULL,
    ticket_id bigint NOT NULL
);

COMMENT ON TABLE public.topic IS 'The topic of a ticket in a department''s group.';

CREATE SEQUENCE public.topic_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.topic_id_seq OWNED BY public.topic.id;

CREATE TABLE public.tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.tortoise_migrations_id_seq OWNED BY public.tortoise_migrations.id;

ALTER TABLE ONLY public.access_log ALTER COLUMN id SET DEFAULT nextval('public.access_log_id_seq'::regclass);

ALTER TABLE ONLY public.assignment ALTER COLUMN id SET DEFAULT nextval('public.assignment_id_seq'::regclass);

ALTER TABLE ONLY public.contact ALTER COLUMN id SET DEFAULT nextval('public.contact_id_seq'::regclass);

ALTER TABLE ONLY public.department ALTER COLUMN id SET DEFAULT nextval('public.department_id_seq'::regclass);

ALTER TABLE ONLY public.due ALTER COLUMN id SET DEFAULT nextval('public.due_id_seq'::regclass);

ALTER TABLE ONLY public.duty ALTER COLUMN id SET DEFAULT nextval('public.duty_id_seq'::regclass);

ALTER TABLE ONLY public.enterprise ALTER COLUMN id SET DEFAULT nextval('public.enterprise_id_seq'::regclass);

ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);

ALTER TABLE ONLY public.failed_log_in ALTER COLUMN id SET DEFAULT nextval('public.failed_log_in_id_seq'::regclass);

ALTER TABLE ONLY public.idempotent_call ALTER COLUMN id SET DEFAULT nextval('public.idempotent_call_id_seq'::regclass);

ALTER TABLE ONLY public.identity ALTER COLUMN id SET DEFAULT nextval('public.identity_id_seq'::regclass);

ALTER TABLE ONLY public.notice ALTER COLUMN id SET DEFAULT nextval('public.notice_id_seq'::regclass);

ALTER TABLE ONLY public.question ALTER COLUMN id SET DEFAULT nextval('public.question_id_seq'::regclass);

ALTER TABLE ONLY public.rating ALTER COLUMN id SET DEFAULT nextval('public.rating_id_seq'::regclass);

ALTER TABLE ONLY public.second_factor ALTER COLUMN id SET DEFAULT nextval('public.second_factor_id_seq'::regclass);

ALTER TABLE ONLY public.staff ALTER COLUMN id SET DEFAULT nextval('public.staff_id_seq'::regclass);

ALTER TABLE ONLY public.ticket ALTER COLUMN id SET DEFAULT nextval('public.ticket_id_seq'::regclass);

ALTER TABLE ONLY public.topic ALTER COLUMN id SET DEFAULT nextval('public.topic_id_seq'::regclass);

ALTER TABLE ONLY public.tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('public.tortoise_migrations_id_seq'::regclass);

ALTER TABLE ONLY public.access_log
    ADD CONSTRAINT access_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.binding_code
    ADD CONSTRAINT binding_code_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.department
    ADD CONSTRAINT department_code_key UNIQUE (code);

ALTER TABLE ONLY public.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.district
    ADD CONSTRAINT district_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.due
    ADD CONSTRAINT due_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.enterprise
    ADD CONSTRAINT enterprise_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.enterprise
    ADD CONSTRAINT enterprise_uscc_key UNIQUE (uscc);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.failed_log_in
    ADD CONSTRAINT failed_log_in_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotent_call
    ADD CONSTRAINT idempotent_call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_key_key UNIQUE (key);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.question
    ADD CONSTRAINT question_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rating
    ADD CONSTRAINT rating_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.second_factor
    ADD CONSTRAINT second_factor_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.second_factor
    ADD CONSTRAINT second_factor_staff_id_key UNIQUE (staff_id);

ALTER TABLE ONLY public.service_token
    ADD CONSTRAINT service_token_name_key UNIQUE (name);

ALTER TABLE ONLY public.service_token
    ADD CONSTRAINT service_token_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT staff_session_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_username_key UNIQUE (username);

ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_number_key UNIQUE (number);

ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.due
    ADD CONSTRAINT uid_due_subject_306cca UNIQUE (subject, kind, period);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT uid_event_ticket__f29988 UNIQUE (ticket_id, seq);

ALTER TABLE ONLY public.idempotent_call
    ADD CONSTRAINT uid_idempotent__actor_96a70d UNIQUE (actor, key);

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT uid_identity_channel_2140b0 UNIQUE (channel, external_id);

ALTER TABLE ONLY public.rating
    ADD CONSTRAINT uid_rating_ticket__5e4517 UNIQUE (ticket_id, round);

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT uid_topic_chat_954999 UNIQUE (chat, ticket_id);

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT uid_topic_chat_f778f6 UNIQUE (chat, topic);

ALTER TABLE ONLY public.tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);

CREATE INDEX access_log_age ON public.access_log USING btree (at);

CREATE INDEX assignment_of_unit ON public.assignment USING btree (department_id, ticket_id) WHERE ((state)::text <> ALL ((ARRAY['returned'::character varying, 'cancelled'::character varying])::text[]));

CREATE INDEX assignment_open ON public.assignment USING btree (department_id, ticket_id) WHERE ((state)::text = ANY ((ARRAY['dispatched'::character varying, 'signed'::character varying])::text[]));

CREATE INDEX assignment_returning ON public.assignment USING btree (ticket_id) WHERE (return_proposed AND ((state)::text = ANY ((ARRAY['dispatched'::character varying, 'signed'::character varying])::text[])));

CREATE INDEX attachment_age ON public.attachment USING btree (created_at) WHERE (ticket_id IS NOT NULL);

CREATE INDEX attachment_unused ON public.attachment USING btree (created_at) WHERE (ticket_id IS NULL);

CREATE INDEX binding_code_age ON public.binding_code USING btree (expires_at);

CREATE INDEX contact_age ON public.contact USING btree (created_at);

CREATE INDEX due_done ON public.due USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX due_open ON public.due USING btree (due_at) WHERE ((done_at IS NULL) AND (due_at IS NOT NULL));

CREATE INDEX enterprise_unregistered ON public.enterprise USING btree (created_at) WHERE (uscc IS NULL);

CREATE INDEX idempotent_call_age ON public.idempotent_call USING btree (created_at);

CREATE INDEX idx_access_log_ticket__7e6212 ON public.access_log USING btree (ticket_id);

CREATE INDEX idx_assignment_handler_bb8066 ON public.assignment USING btree (handler_id);

CREATE INDEX idx_assignment_ticket__2f6b77 ON public.assignment USING btree (ticket_id);

CREATE INDEX idx_attachment_ticket__eb1795 ON public.attachment USING btree (ticket_id);

CREATE INDEX idx_binding_cod_staff_i_1adfe4 ON public.binding_code USING btree (staff_id);

CREATE INDEX idx_contact_enterpr_803aa0 ON public.contact USING btree (enterprise_id);

CREATE INDEX idx_contact_phone_0891cc ON public.contact USING btree (phone);

CREATE INDEX idx_department_parent__7adfe3 ON public.department USING btree (parent_id);

CREATE INDEX idx_district_parent__7a346d ON public.district USING btree (parent_id);

CREATE INDEX idx_draft_contact_06b793 ON public.draft USING btree (contact_id);

CREATE INDEX idx_duty_scenari_9f6616 ON public.duty USING btree (scenario);

CREATE INDEX idx_failed_log__at_40a2dd ON public.failed_log_in USING btree (at);

CREATE INDEX idx_identity_contact_429dd9 ON public.identity USING btree (contact_id);

CREATE INDEX idx_identity_staff_i_5f5694 ON public.identity USING btree (staff_id);

CREATE INDEX idx_notice_ticket__082383 ON public.notice USING btree (ticket_id);

CREATE INDEX idx_question_assignm_d764b9 ON public.question USING btree (assignment_id);

CREATE INDEX idx_recovery_co_staff_i_cacdd6 ON public.recovery_code USING btree (staff_id);

CREATE INDEX idx_second_fact_staff_i_31d446 ON public.second_factor USING btree (staff_id);

CREATE INDEX idx_staff_departm_9220a4 ON public.staff USING btree (department_id);

CREATE INDEX idx_staff_sessi_staff_i_7fa85a ON public.staff_session USING btree (staff_id);

CREATE INDEX idx_ticket_contact_453a44 ON public.ticket USING btree (contact_id, id);

CREATE INDEX idx_ticket_enterpr_c68950 ON public.ticket USING btree (enterprise_id);

CREATE INDEX idx_ticket_identit_b517d0 ON public.ticket USING btree (identity_id);

CREATE INDEX idx_ticket_state_4d76a1 ON public.ticket USING btree (state, id);

CREATE INDEX idx_topic_ticket__2fbb48 ON public.topic USING btree (ticket_id);

CREATE INDEX notice_done ON public.notice USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX notice_ready ON public.notice USING btree (channel, ready_at, id) WHERE (done_at IS NULL);

CREATE INDEX notice_ready_for ON public.notice USING btree (channel, address, ready_at, id) WHERE (done_at IS NULL);

CREATE INDEX notice_unread ON public.notice USING btree (ready_at) WHERE ((done_at IS NULL) AND (ticket_id IS NULL));

CREATE INDEX question_ticket ON public.question USING btree (ticket_id);

CREATE INDEX staff_session_age ON public.staff_session USING btree (expires_at);

CREATE INDEX ticket_callback ON public.ticket USING btree (id) WHERE callback;

CREATE INDEX ticket_contact_phone ON public.ticket USING btree (contact_phone) WHERE ((contact_phone IS NOT NULL) AND (enterprise_id IS NOT NULL));

CREATE INDEX ticket_desk ON public.ticket USING btree (id) WHERE ((NOT callback) AND (((state)::text = ANY ((ARRAY['submitted'::character varying, 'accepted'::character varying])::text[])) OR lacks_lead));

CREATE INDEX ticket_difficult ON public.ticket USING btree (id) WHERE difficult;

CREATE INDEX ticket_ended ON public.ticket USING btree (closed_at) WHERE ((closed_at IS NOT NULL) AND (cleared_at IS NULL));

CREATE INDEX ticket_provisional ON public.ticket USING btree (id) WHERE (provisional AND ((state)::text = ANY ((ARRAY['submitted'::character varying, 'accepted'::character varying, 'handling'::character varying])::text[])));

CREATE TRIGGER access_log_all_stay BEFORE TRUNCATE ON public.access_log FOR EACH STATEMENT EXECUTE FUNCTION public.keep_for_term('access_log_days');

CREATE TRIGGER access_log_stays BEFORE DELETE OR UPDATE ON public.access_log FOR EACH ROW EXECUTE FUNCTION public.keep_for_term('access_log_days');

CREATE TRIGGER event_all_stay BEFORE TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_stays BEFORE DELETE OR UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER failed_log_in_all_stay BEFORE TRUNCATE ON public.failed_log_in FOR EACH STATEMENT EXECUTE FUNCTION public.keep_for_term('failed_log_ins_days');

CREATE TRIGGER failed_log_in_stays BEFORE DELETE OR UPDATE ON public.failed_log_in FOR EACH ROW EXECUTE FUNCTION public.keep_for_term('failed_log_ins_days');

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.department(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_handler_id_fkey FOREIGN KEY (handler_id) REFERENCES public.staff(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.binding_code
    ADD CONSTRAINT binding_code_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_enterprise_id_fkey FOREIGN KEY (enterprise_id) REFERENCES public.enterprise(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.department
    ADD CONSTRAINT department_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.department(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.district
    ADD CONSTRAINT district_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.district(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.question
    ADD CONSTRAINT question_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES public.assignment(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.question
    ADD CONSTRAINT question_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.rating
    ADD CONSTRAINT rating_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.second_factor
    ADD CONSTRAINT second_factor_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.department(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT staff_session_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_enterprise_id_fkey FOREIGN KEY (enterprise_id) REFERENCES public.enterprise(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES public.identity(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.topic
    ADD CONSTRAINT topic_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.ticket(id) ON DELETE CASCADE;
