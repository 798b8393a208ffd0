package io.k3j.apiserverapi;

import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// One change on its way through the server: one try of it, where others may be faster.
/// @param operation what happens
/// @param kind the resource
/// @param subresource empty for the main resource
/// @param key of the object; the name may still be empty on create with generateName
/// @param before the object as it is now, empty on create
/// @param options the create, update, patch or delete options, possibly empty
/// @param context what the server lends to plug-ins for this try
public record Write(Operation operation, ResourceKind kind, String subresource, Key key, Optional<Struct> before,
        Caller caller, boolean dryRun, Struct options, Context context) {

    /// A write that no other version, warning or second round belongs to.
    @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but one
    public Write(Operation operation, ResourceKind kind, String subresource, Key key, Optional<Struct> before,
            Caller caller, boolean dryRun, Struct options) {
        this(operation, kind, subresource, key, before, caller, dryRun, options, new Alone());
    }

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

    /// What the server lends to admission plug-ins, and keeps for them, during one try. For the writing thread only.
    @ProviderType
    public interface Context {
        /// The revision of `before`, 0 without.
        long revision();

        /// The other resources that show the same objects, as other versions or groups of the kind, in the order of
        /// discovery.
        List<ResourceKind> equivalents();

        /// An object of this write as another resource shows it; what is of no version of the kind, as the body of an
        /// action, stays as it is.
        /// @throws io.k3j.clientapi.ApiFault 500 when it cannot be converted
        Struct converted(Struct object, ResourceKind to);

        /// What somebody outside has made of the object, as an object of this write again: typed and pruned by the
        /// kind's schema, with defaults, and with all that the writer has no say in put back (identity, ownership,
        /// fields out of the path's reach).
        /// @param document in the form of `as`
        /// @throws io.k3j.clientapi.ApiFault 500 for what is no such object; 400, 422 for one of another name,
        /// namespace or uid; 413 beyond the bounds of a document
        Struct accepted(Struct document, ResourceKind as);

        /// A text for a `Warning: 299` header, also of a write that is refused.
        void warn(String text);

        /// An annotation of the request's audit event, where one is made; the first value of a key stays.
        default void annotate(String key, String value) {
            // nobody records it
        }

        /// Whether an audit event is made of the request: who only makes something for [#annotate] asks first.
        default boolean audited() {
            return recorded() != Audit.Level.NONE;
        }

        /// How much of the request its audit event has: what a body holds is told from [Audit.Level#REQUEST] on.
        default Audit.Level recorded() {
            return Audit.Level.NONE;
        }

        /// 0, and 1 when the mutating plug-ins are asked for the second and last time.
        int round();

        /// Has all plug-ins up to the one that asks asked again, once.
        void reinvoke();

        /// What plug-ins note down for their later calls, each under a key of its own, or what several of them want to
        /// know once, under one that they share.
        Map<Object, Object> notes();
    }

    /// Whether this is a write of the named subresource.
    public boolean of(String name) {
        return subresource.equals(name);
    }
}
