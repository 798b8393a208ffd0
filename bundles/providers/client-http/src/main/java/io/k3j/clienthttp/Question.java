package io.k3j.clienthttp;

import io.k3j.clientapi.Query;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;

/// What a reflector lists and watches.
///
/// @param fields what is kept of each object
record Question(Gvr resource, Query query, FieldMask fields) {
    /// Whether who asks another one is answered by what this one finds: the same objects, with those fields at least.
    boolean answers(Question other) {
        return resource.equals(other.resource) && query.equals(other.query) && fields.covers(other.fields);
    }
}
