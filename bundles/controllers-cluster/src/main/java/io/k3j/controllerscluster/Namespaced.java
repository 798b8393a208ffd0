package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;

/// What every namespace is given.
final class Namespaced {
    private Namespaced() {
    }

    /// Whether things may still be made in a namespace.
    static boolean open(Obj namespace) {
        return !namespace.terminating() && !namespace.status().text("phase").equals("Terminating");
    }

    /// Creates an object; that it is there already, or its namespace no longer, is fine.
    static void create(Writer writer, Gvr resource, Obj object) {
        try {
            writer.create(resource, object);
        } catch (ApiFault fault) {
            boolean ends = !fault.details().seq("causes").find("reason", "NamespaceTerminating").isEmpty();
            if (!fault.reason().equals("AlreadyExists") && fault.code() != 404 && !ends) {
                throw fault;
            }
        }
    }
}
