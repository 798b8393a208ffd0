package io.k3j.apiserverapi;

import io.k3j.model.Struct;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// One admission plug-in, under upstream's name. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.
///
/// **Who.** A bundle registers it as a service; the API server asks it about each write.
///
/// **How many.** Any number, each under a name of its own. While one that was there is away, because its bundle is
/// being replaced, writes wait two seconds and are answered 503 then; nobody waits for one whose bundle was
/// uninstalled.
///
/// **Order.** The service property [#ORDER] (`Integer`), lowest first, 0 without: all `admit`, then all `validate`.
/// **What passes.** Every operation, over HTTP and in-process: writes with the object as it should be; actions
/// (evictions, bindings, tokens, reviews) as CREATE of their subresource with the posted body; connections as CONNECT
/// with their options (`PodExecOptions` …).
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.AdmissionContract` holds it to them:
/// 1. Its name is there, and stays the same.
/// 2. [#handles] answers for every operation, resource and subresource, and the same when asked again.
/// 3. [#admit] leaves as it is what it has made: it may be asked twice.
/// 4. What it lets pass once passes [#validate] whenever it is asked again; what it refuses is refused again.
/// 5. A refusal is an `io.k3j.clientapi.ApiFault`, usually 403, with a message.
/// 6. [#abandoned] takes what [#admit] was asked of, more than once too, and throws nothing.
/// 7. Several threads may ask at once.
///
/// **Threads.** The one of the request, several at a time; may block. Who waits for somebody outside says so
/// ([#remote]). One of a plug-in directory is asked on another thread, for each call, and must have answered within
/// 10 s, 30 s when it is [#remote].
///
/// **Failure.** An `ApiFault` is the answer; anything else that is thrown is answered 500, and the write does not
/// happen.
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
