package io.k3j.schema;

import io.k3j.model.Struct;

/// One element of `metadata.managedFields` (`ManagedFieldsEntry` of `meta/v1`). Immutable as long as nobody adds to its
/// fields.
///
/// @param name the field manager, may be empty
/// @param apply whether the operation is `Apply`, not `Update`
/// @param apiVersion the version the paths are written in
/// @param subresource empty for the object itself
/// @param time RFC 3339, empty when unknown
/// @param fields what it owns
record ManagerEntry(String name, boolean apply, String apiVersion, String subresource, String time, FieldSet fields) {
    /// Reads an entry; whatever is missing is empty. An operation that is not `Apply` counts as `Update`.
    static ManagerEntry of(Struct entry) {
        return new ManagerEntry(entry.text("manager"), entry.text("operation").equals("Apply"),
                entry.text("apiVersion"),
                entry.text("subresource"), entry.text("time"), FieldSet.root(entry.struct("fieldsV1")));
    }

    /// In upstream's order of fields, so that stored bytes are alike.
    Struct entry() {
        return Struct.builder().putUnlessEmpty("manager", name).put("operation", apply ? "Apply" : "Update")
                .put("apiVersion", apiVersion).putUnlessEmpty("time", time).put("fieldsType", "FieldsV1")
                .put("fieldsV1", fields.fieldsV1()).putUnlessEmpty("subresource", subresource).build();
    }

    /// Whether this is the entry `manager` writes to with the same operation. An applier has one entry whatever the
    /// version, since a new apply replaces the old one; a plain writer has one for each version.
    boolean belongsTo(Manager manager, boolean applies) {
        return apply == applies && name.equals(manager.name()) && subresource.equals(manager.subresource())
                && (applies || apiVersion.equals(manager.apiVersion()));
    }

    /// The same with other fields; the time stays.
    ManagerEntry with(FieldSet set) {
        return new ManagerEntry(name, apply, apiVersion, subresource, time, set);
    }

    /// As messages of conflicts name it, word for word upstream's.
    String shown() {
        return "\"" + name + "\"" + (subresource.isEmpty() ? "" : " with subresource \"" + subresource + "\"")
                + (apply ? "" : " using " + apiVersion)
                + (apply || time.isEmpty() || !subresource.isEmpty() ? "" : " at " + time);
    }
}
