package io.k3j.testkit;

import io.k3j.apimachinery.Names;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rules of writing, as <https://kubernetes.io/docs/reference/using-api/api-concepts/> and the
/// upstream strategies have them. Every method is called under the store's lock.
final class Writes {
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    /// What bears any name that can stand in a path, in groups of such kinds or alone.
    private static final Set<String> LOOSELY_NAMED = Set.of("rbac.authorization.k8s.io", "ipaddresses",
            "apiservices", "clustertrustbundles");
    private static final String GRACE = "deletionGracePeriodSeconds";
    private static final Gvr PODS = Gvr.of("v1", "pods");
    private static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr DEPLOYMENTS = Gvr.of("apps/v1", "deployments");

    private final FakeStore store;
    private final BuiltinResources resources;
    private final InstantSource clock;
    private long serial;

    Writes(FakeStore store, BuiltinResources resources, InstantSource clock) {
        this.store = store;
        this.resources = resources;
        this.clock = clock;
    }

    Obj created(Gvr resource, Obj object) {
        if (object.revision() != 0) {
            throw new ApiFault(500, "", "resourceVersion should not be set on objects to be created", Struct.EMPTY);
        }
        Obj named = named(object);
        checkName(resource, named);
        if (store.find(resource, named.key()).isPresent()) {
            throw ApiFault.alreadyExists(resource, named.name());
        }
        checkNamespace(resource, named);
        String uid = new UUID(0x6b336a0000004000L, 0x8000000000000000L | ++serial).toString();
        Obj stamped = named.with(uid, "metadata", "uid").with(now(), "metadata", "creationTimestamp")
                .with(1, "metadata", "generation");
        return stamped.with(initialStatus(resource, stamped), "status");
    }

    private static void checkName(Gvr resource, Obj object) {
        List<String> wrong = LOOSELY_NAMED.contains(resource.group()) || LOOSELY_NAMED.contains(resource.resource())
                ? Names.pathSegment(object.name())
                : Names.subdomain(object.name());
        if (!wrong.isEmpty()) {
            throw new ApiFault(422, "Invalid", resource.qualified() + " \"" + object.name()
                    + "\" is invalid: metadata.name: " + String.join(", ", wrong), Struct.EMPTY);
        }
    }

    private void checkNamespace(Gvr resource, Obj object) {
        boolean namespaced = resources.of(resource).namespaced();
        if (namespaced == object.namespace().isEmpty()) {
            throw ApiFault.badRequest(resource.qualified() + (namespaced ? " needs a namespace" : " has no namespace"));
        }
        Optional<Obj> home = store.find(NAMESPACES, Key.of(object.namespace()));
        if (home.isPresent() && home.get().terminating()) {
            Struct cause = Struct.of("reason", "NamespaceTerminating", "message",
                    "namespace " + object.namespace() + " is being terminated", "field", "metadata.namespace");
            throw new ApiFault(403, "Forbidden",
                    resource.qualified() + " \"" + object.name() + "\" is forbidden: unable"
                            + " to create new content in namespace " + object.namespace()
                            + " because it is being terminated",
                    Struct.of("causes", Seq.of(cause)));
        }
    }

    private Obj named(Obj object) {
        String prefix = object.metadata().text("generateName");
        if (!object.name().isEmpty()) {
            return object;
        }
        if (prefix.isEmpty()) {
            throw new ApiFault(422, "Invalid", "name or generateName is required", Struct.EMPTY);
        }
        StringBuilder name = new StringBuilder(prefix.substring(0, Math.min(58, prefix.length())));
        long seed = ++serial;
        for (int i = 0; i < 5; i++, seed /= ALPHABET.length()) {
            name.append(ALPHABET.charAt((int) (seed % ALPHABET.length())));
        }
        return object.with(name.toString(), "metadata", "name");
    }

    private Struct initialStatus(Gvr resource, Obj object) {
        if (resource.equals(PODS)) {
            return Struct.of("phase", "Pending", "qosClass", "BestEffort");
        }
        if (resource.equals(NAMESPACES)) {
            return Struct.of("phase", "Active");
        }
        return resources.hasStatus(resource) && !resource.equals(NODES) ? Struct.EMPTY : object.status();
    }

    /// The object to store in place of `live`; the same instance when nothing changes.
    Obj updated(Gvr resource, Obj live, Obj wanted, String subresource) {
        if (wanted.revision() != 0 && wanted.revision() != live.revision()) {
            throw ApiFault.conflict(resource, live.name(),
                    "the object has been modified; please apply your changes to the latest version and try again");
        }
        if (!wanted.uid().isEmpty() && !wanted.uid().equals(live.uid())) {
            throw ApiFault.conflict(resource, live.name(), "Precondition failed: UID in precondition: " + wanted.uid()
                    + ", UID in object meta: " + live.uid());
        }
        Obj next = switch (subresource) {
            case "status", "approval" -> live.with(wanted.status(), "status").with(wanted.metadata(), "metadata");
            case "scale" -> live.with(wanted.spec().whole("replicas", 0), "spec", "replicas");
            case "finalize" -> live.with(wanted.spec().seq("finalizers"), "spec", "finalizers");
            default -> resources.hasStatus(resource) ? keepStatus(live, wanted) : wanted;
        };
        next = kept(live, next);
        boolean specChanged = !next.tree().without("metadata").without("status")
                .equals(live.tree().without("metadata").without("status"));
        boolean annotated = resource.equals(DEPLOYMENTS) && subresource.isEmpty()
                && !next.annotations().equals(live.annotations());
        Obj counted = specChanged || annotated ? next.with(live.generation() + 1, "metadata", "generation") : next;
        return counted.tree().equals(live.tree()) ? live : counted;
    }

    private static Obj keepStatus(Obj live, Obj wanted) {
        return live.at("status") == null ? wanted.without("status") : wanted.with(live.status(), "status");
    }

    private static Obj kept(Obj live, Obj next) {
        Obj o = next;
        for (String field : List.of("uid", "creationTimestamp", "generation", "deletionTimestamp", GRACE)) {
            Object value = live.at("metadata", field);
            o = value == null ? o.without("metadata", field) : o.with(value, "metadata", field);
        }
        return o;
    }

    /// Whether nothing keeps a terminating object any more.
    boolean finished(Gvr resource, Obj object) {
        boolean graceOver = object.metadata().whole(GRACE, 0) == 0;
        boolean empty = !resource.equals(NAMESPACES) || object.spec().seq("finalizers").isEmpty();
        return object.terminating() && object.finalizers().isEmpty() && graceOver && empty;
    }

    /// The object marked for deletion; [#finished] says whether it may go at once. While a pod's grace period runs, a
    /// further deletion changes nothing but its length, and that only when it asks for a shorter one.
    Obj deleted(Gvr resource, Obj live, DeleteOptions options) {
        check(resource, live, options);
        long left = live.terminating() ? live.metadata().whole(GRACE, 0) : 0;
        boolean pending = left > 0 && resource.equals(PODS);
        long asked = options.gracePeriodSeconds();
        if (pending && (asked < 0 || asked >= left)) {
            return live;
        }
        Obj wanted = finalizers(live, options.propagation());
        if (resource.equals(NAMESPACES)) {
            wanted = wanted.with("Terminating", "status", "phase");
        }
        if (pending) {
            return hastened(wanted, asked);
        }
        return live.terminating() && left == 0 ? wanted
                : marked(wanted, resource.equals(PODS) ? grace(live, options) : 0);
    }

    private Obj marked(Obj object, long grace) {
        Obj marked = object.terminating() ? object
                : object.with(object.generation() + 1, "metadata", "generation");
        return marked.with(clock.instant().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString(), "metadata",
                "deletionTimestamp").with(grace, "metadata", GRACE);
    }

    /// The shorter time counts from the first deletion; where it is over already a second is left, unless it is 0.
    private Obj hastened(Obj object, long grace) {
        Instant end = Instant.parse(object.metadata().text("deletionTimestamp"))
                .minusSeconds(object.metadata().whole(GRACE, 0)).plusSeconds(grace);
        boolean over = end.isBefore(clock.instant());
        return object.with(over ? now() : end.toString(), "metadata", "deletionTimestamp")
                .with(over ? Math.min(grace, 1) : grace, "metadata", GRACE);
    }

    private static long grace(Obj pod, DeleteOptions options) {
        String phase = pod.status().text("phase");
        if (pod.spec().text("nodeName").isEmpty() || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        long own = pod.spec().whole("terminationGracePeriodSeconds", 30);
        return options.gracePeriodSeconds() >= 0 ? options.gracePeriodSeconds() : own < 0 ? 1 : own;
    }

    /// As `ObjectDeletes` of the API server tells it: of the kind, and of no resource.
    private void check(Gvr resource, Obj live, DeleteOptions options) {
        Gvr kind = new Gvr(resource.group(), resource.version(), resources.of(resource).kind());
        if (!options.uid().isEmpty() && !options.uid().equals(live.uid())) {
            throw ApiFault.conflict(kind, live.name(), "the UID in the precondition (" + options.uid()
                    + ") does not match the UID in record (" + live.uid() + "). The object might have been deleted and"
                    + " then recreated");
        }
        if (options.revision() != 0 && options.revision() != live.revision()) {
            throw ApiFault.conflict(kind, live.name(), "the ResourceVersion in the precondition (" + options.revision()
                    + ") does not match the ResourceVersion in record (" + live.revision()
                    + "). The object might have been modified");
        }
    }

    /// Who asks for the background wants neither of the garbage collector's finalizers.
    private static Obj finalizers(Obj object, String propagation) {
        if (propagation.isEmpty()) {
            return object;
        }
        List<Object> all = new ArrayList<>(object.finalizers());
        all.removeAll(List.of("foregroundDeletion", "orphan"));
        switch (propagation) {
            case "Foreground" -> all.add("foregroundDeletion");
            case "Orphan" -> all.add("orphan");
            default -> {
            }
        }
        return all.equals(object.finalizers()) ? object
                : all.isEmpty() ? object.without("metadata", "finalizers")
                        : object.with(Seq.copyOf(all), "metadata", "finalizers");
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
