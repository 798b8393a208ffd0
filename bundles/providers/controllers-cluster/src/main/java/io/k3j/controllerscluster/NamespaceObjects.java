package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;

/// Helpers for objects that controllers create in namespaces.
final class NamespaceObjects {
    private NamespaceObjects() {
    }

    /// Whether objects may still be created in a namespace.
    static boolean acceptsObjects(Obj namespace) {
        return !namespace.terminating() && !namespace.status().text("phase").equals("Terminating");
    }

    /// Creates an object; ignores that it exists or that its namespace is terminating.
    static void create(ExpectingWriter writer, Gvr resource, Obj object) {
        try {
            writer.create(resource, object);
        } catch (ApiFault fault) {
            if (!fault.reason().equals("AlreadyExists") && !namespaceTerminating(fault)) {
                throw fault;
            }
        }
    }

    /// Whether a create was refused because its namespace is terminating: a retry cannot succeed.
    private static boolean namespaceTerminating(ApiFault fault) {
        return fault.code() == 404 || fault.namespaceTerminating();
    }
}
