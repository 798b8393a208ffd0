package io.k3j.apiserverapi;

import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.Optional;

/// One change on its way through the server.
/// @param operation what happens
/// @param kind the resource
/// @param subresource empty for the main resource
/// @param key of the object; the name may still be empty on create with generateName
/// @param before the object as it is now, empty on create
/// @param options the create, update, patch or delete options, possibly empty
public record Write(Operation operation, ResourceKind kind, String subresource, Key key, Optional<Struct> before,
        Caller caller, boolean dryRun, Struct options) {

    /// The admission operations.
    public enum Operation {
        /// A new object.
        CREATE,
        /// A changed one, by update or patch.
        UPDATE,
        /// One that goes.
        DELETE,
        /// A connection to exec, attach, portforward or proxy.
        CONNECT
    }

    /// Whether this is a write of the named subresource.
    public boolean of(String name) {
        return subresource.equals(name);
    }
}
