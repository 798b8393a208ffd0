package io.k3j.nodewrites;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeWriteTable.Row;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Objects that the node `n` may write, and values for their fields.
final class NodeWriteSamples {
    /// What a mirror pod and the owner of a Lease have.
    static final Struct OWNER = Struct.of("apiVersion", "v1", "kind", "Node", "name", "n", "uid", "u", "controller",
            true);
    private static final Key OWN = Key.of("n");
    private static final Key POD = new Key("default", "p");
    private static final Struct BOUND = Struct.of("apiVersion", "v1", "kind", "Pod", "name", "p", "uid", "u1");
    private static final Struct SERVICE = Struct.of("kubernetes.io/service-name", "kube-dns");
    private static final Struct CERTIFICATE = Struct.of("signerName", "example.com/s", "podName", "p", "podUID", "u1",
            "serviceAccountName", "a", "serviceAccountUID", "u2", "nodeName", "n", "nodeUID", "u");
    private static final Struct ENDPOINT = Struct.of("addresses", Seq.of("192.0.2.1"), "nodeName", "n");

    private NodeWriteSamples() {
    }

    /// A node `n` with its pod `p`, and a pod elsewhere.
    static void cluster(NodeStage stage) {
        stage.seed(NodeRelations.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "uid", "u"), "spec", Struct.of("podCIDRs", Seq.of("10.42.1.0/24")), "status",
                Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "192.0.2.1")))));
        Struct token = Struct.of("serviceAccountToken", Struct.of("path", "token", "audience", "vault"));
        Struct certificate = Struct.of("podCertificate", Struct.of("signerName", "example.com/s"));
        Struct volume = Struct.of("name", "t", "projected", Struct.of("sources", Seq.of(token, certificate)));
        stage.seed(NodeRelations.PODS, NodeStage.object("Pod", "p",
                Struct.of("nodeName", "n", "serviceAccountName", "a", "volumes", Seq.of(volume)))
                .withAt("u1", "metadata", "uid"));
        stage.seed(Gvr.of("v1", "serviceaccounts"),
                NodeStage.object("ServiceAccount", "a", Struct.EMPTY).withAt("u2", "metadata", "uid"));
        stage.seed(NodeRelations.PODS, NodeStage.object("Pod", "elsewhere", Struct.of("nodeName", "other")));
    }

    /// @param takes the kind of the body
    /// @param base an object of the node's own
    record Sample(Gvr resource, String kind, Gvk takes, Key key, Struct base) {
    }

    /// By the name of the resource in the table.
    static Sample of(String resource) {
        return switch (resource) {
            case "nodes", "nodes/status" -> plain("v1", "nodes", "Node", OWN, Struct.EMPTY);
            case "leases.coordination.k8s.io" -> plain("coordination.k8s.io/v1", "leases", "Lease",
                    new Key("kube-node-lease", "n"), Struct.EMPTY);
            case "csinodes.storage.k8s.io" -> plain("storage.k8s.io/v1", "csinodes", "CSINode", OWN, Struct.EMPTY);
            case "resourceslices.resource.k8s.io" -> plain("resource.k8s.io/v1", "resourceslices", "ResourceSlice",
                    Key.of("s"), Struct.of("spec", Struct.of("nodeName", "n")));
            case "pods" -> plain("v1", "pods", "Pod", POD, mirror());
            case "pods/status" -> plain("v1", "pods", "Pod", POD, Struct.of("spec", Struct.of("nodeName", "n")));
            case "pods/eviction" -> action("pods", "Pod", Gvk.of("policy/v1", "Eviction"), Struct.EMPTY);
            case "serviceaccounts/token" -> action("serviceaccounts", "ServiceAccount",
                    Gvk.of("authentication.k8s.io/v1", "TokenRequest"), Struct.of("spec",
                            Struct.of("audiences", Seq.of("vault"), "boundObjectRef", BOUND)));
            case "persistentvolumeclaims/status" -> plain("v1", "persistentvolumeclaims", "PersistentVolumeClaim", POD,
                    Struct.EMPTY);
            case "certificatesigningrequests.certificates.k8s.io" -> plain("certificates.k8s.io/v1",
                    "certificatesigningrequests", "CertificateSigningRequest", Key.of("csr"),
                    Struct.of("spec", Struct.of("signerName", "kubernetes.io/kubelet-serving")));
            case "podcertificaterequests.certificates.k8s.io" -> plain("certificates.k8s.io/v1beta1",
                    "podcertificaterequests", "PodCertificateRequest", new Key("default", "req"),
                    Struct.of("spec", CERTIFICATE));
            case "endpointslices.discovery.k8s.io" -> plain("discovery.k8s.io/v1", "endpointslices", "EndpointSlice",
                    new Key("kube-system", "kube-dns-n"), Struct.of("metadata", Struct.of("labels", SERVICE),
                            "addressType", "IPv4", "endpoints", Seq.of(ENDPOINT)));
            case "events" -> plain("v1", "events", "Event", POD, Struct.EMPTY);
            case "events.events.k8s.io" -> plain("events.k8s.io/v1", "events", "Event", POD, Struct.EMPTY);
            default -> review(resource);
        };
    }

    private static Sample review(String resource) {
        int dot = resource.indexOf('.');
        String kind = Map.of("tokenreviews", "TokenReview", "subjectaccessreviews", "SubjectAccessReview",
                "localsubjectaccessreviews", "LocalSubjectAccessReview", "selfsubjectreviews", "SelfSubjectReview",
                "selfsubjectaccessreviews", "SelfSubjectAccessReview", "selfsubjectrulesreviews",
                "SelfSubjectRulesReview").get(resource.substring(0, dot));
        return plain(resource.substring(dot + 1) + "/v1", resource.substring(0, dot), kind, Key.of(""), Struct.EMPTY);
    }

    private static Sample plain(String apiVersion, String plural, String kind, Key key, Struct rest) {
        Struct metadata = rest.struct("metadata").with("name", key.name());
        return new Sample(Gvr.of(apiVersion, plural), kind, Gvk.of(apiVersion, kind), key,
                rest.with("apiVersion", apiVersion).with("kind", kind).with("metadata", metadata));
    }

    private static Sample action(String plural, String kind, Gvk takes, Struct rest) {
        return new Sample(Gvr.of("v1", plural), kind, takes, POD,
                rest.with("apiVersion", takes.apiVersion()).with("kind", takes.kind()));
    }

    private static Struct mirror() {
        return Struct.of("metadata",
                Struct.of("annotations", Struct.of("kubernetes.io/config.mirror", "x"), "ownerReferences",
                        Seq.of(OWNER)),
                "spec", Struct.of("nodeName", "n", "containers", Seq.of(Struct.of("name", "c", "image", "x"))));
    }

    /// A value that a rule agrees to.
    static Object good(Row row, Shape shape, @Nullable Object base) {
        return switch (row.rule()) {
            case SELF -> "n";
            case ONE_OF -> row.arguments().getFirst();
            case KUBELET_LABELS -> Struct.of("tier", "");
            case OWNED_BY_SELF -> Seq.of(OWNER);
            case OWN_ADDRESSES -> Seq.of("10.42.1.1");
            case KEYS -> {
                Struct keys = base instanceof Struct s ? s : Struct.EMPTY;
                for (String key : row.arguments()) {
                    keys = keys.has(key) ? keys : keys.with(key.replace("*", "any"), "");
                }
                yield keys;
            }
            default -> base != null ? base : any(shape, row.path());
        };
    }

    /// Values that a rule objects to. A label without a value is one that the node gives itself all the same.
    static List<Object> bad(Row row, Shape shape) {
        return switch (row.rule()) {
            case SELF -> List.of("other", "");
            case ONE_OF -> List.of("example.com/other");
            case KUBELET_LABELS -> List.of(Struct.of("node-restriction.kubernetes.io/tenant", ""),
                    Struct.of("a.node-restriction.kubernetes.io/b", "c"),
                    Struct.of("node-role.kubernetes.io/control-plane", ""), Struct.of("k8s.io/x", "x"));
            case KEYS -> List.of(Struct.of("example.com/x", ""), Struct.of("flannel.alpha.coreos.co/x", "x"));
            case OWNED_BY_SELF -> List.of(Seq.of(OWNER.with("name", "other")), Seq.of(OWNER.with("kind", "Pod")),
                    Seq.of(OWNER.with("blockOwnerDeletion", true)));
            case OWN_ADDRESSES -> List.of(Seq.of("192.0.2.2"), Seq.of("192.0.2.1", "10.42.2.1"));
            case REFUSED, REMOVED -> List.of(any(shape, row.path()));
            default -> List.of();
        };
    }

    /// Some value of a shape that says something.
    /// @param path whose last part may say what an element is
    static Object any(Shape shape, String path) {
        int eq = path.endsWith("]") ? path.indexOf('=') : -1;
        Object value = any(shape, 0);
        return eq < 0 ? value : ((Struct) value).with(path.substring(path.lastIndexOf('[') + 1, eq),
                path.substring(eq + 1, path.length() - 1));
    }

    private static Object any(Shape shape, int depth) {
        return switch (shape.type()) {
            case OBJECT -> {
                Field first = shape.fields().isEmpty() || depth > 9 ? null : shape.fields().getFirst();
                yield first == null ? Struct.of("x", "x") : Struct.of(first.name(), any(first.shape(), depth + 1));
            }
            case MAP -> Struct.of("k", any(shape.items(), depth + 1));
            case LIST -> Seq.of(any(shape.items(), depth + 1));
            case INT32, INT64, NUMBER -> 1L;
            case BOOLEAN -> true;
            case TIME, MICRO_TIME -> "2026-01-01T00:00:00Z";
            case FIELDS -> Struct.of("f:x", "x");
            case STRING, INT_OR_STRING, QUANTITY, DURATION, BYTES, ANY -> "1";
        };
    }

    /// The parts of a path, `[]` and `[k=v]` for elements.
    static List<String> parts(String path) {
        return List.of(path.replace("[", ".[").split("\\."));
    }

    /// The shape of a place; null when there is none.
    static @Nullable Shape at(Shape shape, List<String> parts) {
        Shape now = shape;
        for (String part : parts) {
            now = now == null ? null : part.startsWith("[") ? now.items() : now.child(part);
        }
        return now;
    }

    /// The value of a place, or null; of an element that of the first.
    static @Nullable Object at(@Nullable Object object, List<String> parts) {
        Object now = object;
        for (String part : parts) {
            now = part.startsWith("[") ? now instanceof Seq s && !s.isEmpty() ? s.get(0) : null
                    : now instanceof Struct s ? s.get(part) : null;
        }
        return now;
    }

    /// The object with another value at a place.
    static Object put(@Nullable Object at, List<String> parts, Object value) {
        if (parts.isEmpty()) {
            return value;
        }
        List<String> rest = parts.subList(1, parts.size());
        if (parts.getFirst().startsWith("[")) {
            return Seq.of(put(at instanceof Seq s && !s.isEmpty() ? s.get(0) : Struct.EMPTY, rest, value));
        }
        Struct here = at instanceof Struct s ? s : Struct.EMPTY;
        return here.with(parts.getFirst(), put(here.get(parts.getFirst()), rest, value));
    }

    /// The places that a schema has and the table has not, outermost first.
    static List<String> unlisted(NodeWriteTable.Fields table, Shape shape, String path) {
        List<String> all = new ArrayList<>();
        if (table.row() != null) {
            return all;
        }
        for (Field f : shape.fields()) {
            String name = path.isEmpty() ? f.name() : path + "." + f.name();
            NodeWriteTable.Fields below = table.below().get(f.name());
            all.addAll(below == null ? List.of(name) : unlisted(below, f.shape(), name));
        }
        table.below().forEach((name, below) -> {
            if (name.startsWith("[")) {
                all.addAll(unlisted(below, shape.items(), path + name));
                all.addAll(name.equals("[]") ? List.of() : List.of(path + "[]"));
            }
        });
        return all;
    }
}
