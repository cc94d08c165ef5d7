"""The functions that tell who is asking, for a session or an API key whose secret the caller knows.

They belong to the tables' owner, so that the door role needs no right to read memberships or keys.
"""

from django.db import migrations

PERSON = """
    u.id, u.public_id::text, u.email::text, u.name::text, u.password::text, u.language::text, u.time_zone::text,
    u.staff_roles::text[], u.is_active,
    m.id, m.standing::text, m.tools::text[], m.roles::text[],
    t.id, t.number::text, t.name::text, t.kind::text, t.time_zone::text,
    (select count(*)::int from identity_membership o where o.user_id = u.id and o.status = 'active')
"""
RETURNS = """
RETURNS TABLE (
    session_data text, expires_at timestamptz,
    user_id bigint, public_id text, email text, name text, password text, language text, time_zone text,
    staff_roles text[], is_active boolean,
    membership_id bigint, standing text, tools text[], roles text[],
    site_id bigint, site_number text, site_name text, site_kind text, site_time_zone text, site_count int,
    key_id bigint, key_privileges text[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
"""

FUNCTIONS = f"""
CREATE FUNCTION portal_who_by_session(key text) {RETURNS} AS $$
    select s.session_data, s.expire_date, {PERSON}, null::bigint, null::text[]
    from identity_session s
    left join identity_user u on u.id = s.user_id
    left join lateral (
        select m.* from identity_membership m join identity_site t on t.id = m.site_id and t.is_active
        where m.user_id = u.id and m.status = 'active'
        order by (m.site_id = u.current_site_id) is true desc, m.id limit 1
    ) m on true
    left join identity_site t on t.id = m.site_id
    where s.session_key = key
$$;
CREATE FUNCTION portal_who_by_key(secret_digest text) {RETURNS} AS $$
    select null::text, k.expires_at, {PERSON}, k.id, k.privileges::text[]
    from identity_apikey k
    join identity_user u on u.id = k.user_id
    left join identity_membership m on m.user_id = u.id and m.site_id = k.site_id and m.status = 'active'
    left join identity_site t on t.id = m.site_id and t.is_active
    where k.digest = secret_digest and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      -- a key lives no longer than its owner's place at the site, or among the vendor's people
      and case when k.site_id is null then u.staff_roles <> '{{}}' else t.id is not null and u.staff_roles = '{{}}' end
$$;
REVOKE ALL ON FUNCTION portal_who_by_session(text), portal_who_by_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_who_by_session(text), portal_who_by_key(text) TO portal_anonymous;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS, "DROP FUNCTION portal_who_by_session(text); DROP FUNCTION portal_who_by_key(text);"
        )
    ]
