package io.k3j.apiserverapi;

import io.k3j.model.Struct;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// One admission plug-in, under upstream's name. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.
///
/// **Order.** The service property [#ORDER] (`Integer`), lowest first: all `admit`, then all `validate`.
/// **What passes.** Every operation, over HTTP and in-process: writes with the object as it should be; actions
/// (evictions, bindings, tokens, reviews) as CREATE of their subresource with the posted body; connections as CONNECT
/// with their options (`PodExecOptions` …).
/// **Refusal.** An `io.k3j.clientapi.ApiFault`, usually 403.
@ConsumerType
public interface Admission {
    /// Service property: the place in the order, upstream's plug-in list times ten.
    String ORDER = "order";

    /// Upstream's name, as `NamespaceLifecycle`.
    String name();

    /// Whether this plug-in has a say in such a write.
    boolean handles(Write write);

    /// Whether this plug-in waits for somebody outside of the process. While it is asked of a write that it handles the
    /// request has no seat (`Seats`), so that others work meanwhile.
    default boolean remote() {
        return false;
    }

    /// The object as it goes on, maybe asked twice ([Write.Context#reinvoke]); for a deletion the object that is to go
    /// (its answer is not used).
    default Struct admit(Write write, Struct object) {
        return object;
    }

    /// The last word, after all changes.
    default void validate(Write write, Struct object) {
    }

    /// Texts for `Warning: 299` headers, after [#validate].
    default List<String> warnings(Write write, Struct object) {
        return List.of();
    }

    /// The write has failed after `admit`, or was a dry run: give back what was reserved. An object whose write has an
    /// unknown outcome (504) is not abandoned, since it may be stored.
    default void abandoned(Write write, Struct object) {
    }
}
