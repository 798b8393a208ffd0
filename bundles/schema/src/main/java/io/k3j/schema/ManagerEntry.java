package io.k3j.schema;

import io.k3j.model.Struct;

/// One element of `metadata.managedFields`.
/// @param time RFC 3339, empty when unknown
record ManagerEntry(String name, boolean apply, String apiVersion, String subresource, String time, FieldSet fields) {
    static ManagerEntry of(Struct entry) {
        return new ManagerEntry(entry.text("manager"), entry.text("operation").equals("Apply"),
                entry.text("apiVersion"),
                entry.text("subresource"), entry.text("time"), FieldSet.root(entry.struct("fieldsV1")));
    }

    Struct entry() {
        return Struct.builder().putUnlessEmpty("manager", name).put("operation", apply ? "Apply" : "Update")
                .put("apiVersion", apiVersion).putUnlessEmpty("time", time).put("fieldsType", "FieldsV1")
                .put("fieldsV1", fields.fieldsV1()).putUnlessEmpty("subresource", subresource).build();
    }

    /// Whether this is the entry `manager` writes to with the same operation.
    boolean belongsTo(Manager manager, boolean applies) {
        return apply == applies && name.equals(manager.name()) && subresource.equals(manager.subresource())
                && (applies || apiVersion.equals(manager.apiVersion()));
    }

    ManagerEntry with(FieldSet set) {
        return new ManagerEntry(name, apply, apiVersion, subresource, time, set);
    }

    /// As messages name it.
    String shown() {
        return "\"" + name + "\"" + (subresource.isEmpty() ? "" : " with subresource \"" + subresource + "\"")
                + (apply ? "" : " using " + apiVersion)
                + (apply || time.isEmpty() || !subresource.isEmpty() ? "" : " at " + time);
    }
}
