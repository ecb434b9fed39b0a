from tests.presentation.draft.schemas import fields_schema, newer_schema, person, person_schema, users_schema

__all__ = ["fields_schema", "newer_schema", "person", "person_schema", "users_schema"]
