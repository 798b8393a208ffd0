package io.k3j.apiserverapi;

import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/// What the schema cannot say about the kinds of one API group.
///
/// Order of a write: decode → `defaulted` → (patch applied, `defaulted` again) → `prepared` → mutating
/// admission → `defaulted` → validating admission and `problems` → encode.
///
/// **Who.** A bundle registers it as a service, with a [KindCatalog] of the same group; the API server asks it.
///
/// **How many.** One for each group; one for [#EVERY_OTHER_GROUP]. While it is away its kinds are answered 503.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.KindHooksContract` holds it to them:
/// 1. Its group is there, and stays the same.
/// 2. Defaults leave what is set as it is, and leave as it is what they have made.
/// 3. What was prepared for a write stays as it is when it is prepared again.
/// 4. Each problem names its field and says what is wrong; the same object has the same problems again.
/// 5. A row has as many cells as its kind has columns, or none.
/// 6. An object that is of the wanted version stays as it is; several are converted as each of them is, in their order.
/// 7. Times are not negative.
/// 8. Several threads may ask at once.
///
/// **Threads.** Any; pure functions of their arguments, but for conversions where [#remote] says so. Those of a plug-in
/// directory are asked on another thread, for each call, and must have answered within 10 s, conversions within 30 s.
///
/// **Failure.** An `io.k3j.clientapi.ApiFault` is the answer; anything else is answered 500, and nothing is stored.
@ConsumerType
public interface KindHooks {
    /// The `group()` of hooks that serve every group without hooks of its own (custom resources).
    String EVERY_OTHER_GROUP = "*";

    /// The API group, the empty string for core.
    String group();

    /// The object with upstream's defaults filled in; what is set stays.
    Struct defaulted(Gvk kind, Struct object);

    /// The object as it may be stored after this write: fields the writer has no say in are put back
    /// (status on create and update, spec on a status update …). The server itself handles metadata,
    /// managedFields and generation, and, for kinds with `Strategy.status`, the plain status/spec split.
    /// Also called, with operation DELETE, for an object that is marked for deletion and stays for now.
    default Struct prepared(Write write, Struct object) {
        return object;
    }

    /// Everything wrong with the object, in upstream's words; empty when it may be stored. Types have been
    /// checked before; whatever must be there has not.
    default List<FieldProblem> problems(Write write, Struct object) {
        return List.of();
    }

    /// Texts for `Warning: 299` headers, as for deprecated fields.
    default List<String> warnings(Write write, Struct object) {
        return List.of();
    }

    /// That a kind is deprecated in a version, as a `Warning: 299` header says it of every request for it; empty when
    /// it is not. Asked for each request of a resource: it must not block.
    default String deprecated(Gvk kind) {
        return "";
    }

    /// The cells of the object's row in the Table form, in the order of the kind's columns; empty when
    /// the columns' paths suffice.
    default List<Object> cells(Gvk kind, Obj object, Instant now) {
        return List.of();
    }

    /// The value of a field that selectors may use beside metadata.name and metadata.namespace; empty
    /// when the field cannot be selected by.
    default Optional<String> field(Gvk kind, Obj object, String field) {
        return Optional.empty();
    }

    /// How long the object may live after this write, zero for ever (events).
    default Duration timeToLive(Write write, Struct object) {
        return Duration.ZERO;
    }

    /// How many seconds a deletion leaves anyone who runs the object to end it, zero when it may go at once. Only
    /// asked of kinds with `Strategy.graceful`. See
    /// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>.
    /// @param asked seconds the request names, negative when it names none
    default long gracePeriodSeconds(Gvk kind, Obj object, long asked) {
        return Math.max(0, asked);
    }

    /// Whether a deletion by the API server itself asks no admission plug-in: that of an object that has to go with its
    /// kind, as upstream deletes custom resources in the store when their definition goes. What anybody else deletes is
    /// asked about in any case. Asked for each deletion by the API server; it must not block.
    default boolean unasked(Write write) {
        return false;
    }

    /// Where the `scale` subresource finds its numbers.
    default ScalePaths scalePaths(Gvk kind) {
        return ScalePaths.BUILT_IN;
    }

    /// Field names from the root: of the wanted and the present number of replicas, and of the selector: a
    /// `LabelSelector`, labels, or (custom resources) a text. An empty selector path: there is none.
    record ScalePaths(List<String> specReplicas, List<String> statusReplicas, List<String> selector) {
        /// Those of all built-in kinds.
        public static final ScalePaths BUILT_IN = new ScalePaths(List.of("spec", "replicas"),
                List.of("status", "replicas"), List.of("spec", "selector"));
    }

    /// The same object in another version of the group; both versions have the same stored kind.
    default Struct converted(Struct object, Gvk to) {
        return object.with("apiVersion", to.apiVersion());
    }

    /// Whether somebody outside of the process is asked to convert objects of a kind. Then the server converts many at
    /// once ([#converted(List, Gvk)]), never on a thread that others wait for, and each version of an object once.
    default boolean remote(Gvk kind) {
        return false;
    }

    /// Several objects of one kind in another version of the group, in the same order; those that are of it already
    /// stay as they are.
    /// @throws io.k3j.clientapi.ApiFault 500 when one of them cannot be converted
    default List<Struct> converted(List<Struct> objects, Gvk to) {
        return objects.stream().map(o -> converted(o, to)).toList();
    }
}
