"""Who is mailed about deals (C11)."""

import django.db.models.deletion
from django.db import migrations, models

# A page says who would be mailed about a deal, and why. For that colleagues need to know of each other when somebody
# wants mail and whether two use one address: not which address, and nothing of other kinds or other sites.
COLLEAGUES = """
CREATE FUNCTION cosell_colleagues(wanted text)
RETURNS TABLE (membership_id bigint, mail_key text, login_key text, language text, choice text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.id,
           encode(sha256(convert_to(lower(coalesce(nullif(u.preferred_email, ''), u.email)), 'UTF8')), 'hex'),
           encode(sha256(convert_to(lower(u.email), 'UTF8')), 'hex'),
           u.language::text, p.choice::text
    FROM identity_membership m
    JOIN identity_user u ON u.id = m.user_id AND u.is_active
    LEFT JOIN notifications_preference p ON p.user_id = u.id AND p.kind = wanted
    WHERE m.site_id = nullif(current_setting('portal.site', true), '')::bigint AND m.status = 'active'
      AND wanted LIKE 'cosell.%'
$$;
REVOKE ALL ON FUNCTION cosell_colleagues(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cosell_colleagues(text) TO portal_reseller, portal_distributor;
"""
NO_COLLEAGUES = "DROP FUNCTION cosell_colleagues(text);"

# Whom the deal desk can name as the seller: the vendor's people, whose accounts are otherwise their own.
SELLERS = """
CREATE FUNCTION cosell_sellers()
RETURNS TABLE (user_id bigint, public_id text, name text, email text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, public_id::text, name::text, email::text FROM identity_user
    WHERE is_active AND cardinality(staff_roles) > 0 ORDER BY name, id
$$;
REVOKE ALL ON FUNCTION cosell_sellers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cosell_sellers() TO portal_staff;
"""
NO_SELLERS = "DROP FUNCTION cosell_sellers();"


class Migration(migrations.Migration):
    dependencies = [("cosell", "0006_leads"), ("notifications", "0004_attachment")]

    operations = [
        migrations.CreateModel(
            name="CosellAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="address"),
                ),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("set_by_name", models.CharField(max_length=120)),
                ("set_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.site"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COLLEAGUES, NO_COLLEAGUES),
        migrations.RunSQL(SELLERS, NO_SELLERS),
    ]
