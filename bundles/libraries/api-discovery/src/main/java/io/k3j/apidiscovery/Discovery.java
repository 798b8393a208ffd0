package io.k3j.apidiscovery;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The discovery documents: aggregated for clients that ask for them, else one per group and version. Cached until
/// the kinds change. See
/// <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api>. Any thread; blocks for nothing.
public final class Discovery {
    /// How much of a hash clients compare.
    private static final int HASH_BYTES = 8;
    private final Kinds kinds;
    private final RemoteApis remote;
    private final Protobuf protobuf;
    private final Responses answers;
    private volatile Generation cached;

    /// The documents of one generation of the kinds and of what other servers serve.
    private record Generation(long generation, List<AggregatedApis.Version> remote, ServedGroups groups,
            Map<String, Document> documents) {
    }

    /// A document and its ETag.
    private record Document(byte[] bytes, String tag) {
    }

    /// Makes no document yet.
    ///
    /// @param kinds what this server has
    /// @param remote knows what other servers serve
    /// @param protobuf knows which documents have a form in protobuf
    public Discovery(Kinds kinds, RemoteApis remote, Protobuf protobuf, Responses answers) {
        this.kinds = kinds;
        this.remote = remote;
        this.protobuf = protobuf;
        this.answers = answers;
        this.cached = new Generation(-1, List.of(), ServedGroups.of(List.of(), List.of()), Map.of());
    }

    private Generation current() {
        long generation = kinds.generation();
        List<AggregatedApis.Version> others = remote.versions();
        Generation now = cached;
        if (now.generation != generation || !now.remote.equals(others)) {
            now = new Generation(generation, others, ServedGroups.of(kinds.listed(), others),
                    new ConcurrentHashMap<>());
            cached = now;
        }
        return now;
    }

    /// Serves `/api` and `/apis`. The first one who asks for a document computes it; 304 for whoever has it.
    ///
    /// @throws io.k3j.clientapi.ApiFault 404 for a group or version that nobody serves
    public void serve(Request request) throws IOException {
        List<String> path = request.segments();
        boolean root = path.size() == 1;
        Form form = request.negotiate(new Form.Offer(protobuf.knows(new Gvk("", "v1", "APIResourceList")), false,
                false, root, answers.offersCbor()));
        Generation now = current();
        if (form.as() == Form.As.DISCOVERY) {
            boolean coreGroup = path.getFirst().equals("api");
            Document d = now.documents.computeIfAbsent(path.getFirst() + form.version(),
                    k -> document(form, aggregated(now.groups, coreGroup, form.version())));
            send(request, d,
                    "application/json;g=apidiscovery.k8s.io;v=" + form.version() + ";as=APIGroupDiscoveryList");
            return;
        }
        if (root) {
            answers.tree(request, 200,
                    path.getFirst().equals("api") ? versions(request) : groupList(now.groups));
            return;
        }
        String group = path.getFirst().equals("api") ? "" : path.get(1);
        Map<String, ServedGroups.Version> versions = now.groups.versions(group);
        int at = group.isEmpty() ? 1 : 2;
        if (versions.isEmpty() || path.size() > at && !versions.containsKey(path.get(at))) {
            throw Responses.noSuchResource();
        }
        answers.tree(request, 200, path.size() == at ? Struct.of("kind", "APIGroup", "apiVersion", "v1")
                .toBuilder().put("name", group).put("versions", groupVersions(group, versions.keySet()))
                .put("preferredVersion", groupVersion(group, versions.keySet().iterator().next())).build()
                : resourceList(group, path.get(at), Objects.requireNonNull(versions.get(path.get(at))).kinds()));
    }

    private Document document(Form form, Struct tree) {
        byte[] bytes = answers.encoded(form, tree);
        return new Document(bytes, "\"" + hash(bytes) + "\"");
    }

    /// The SHA-512 of bytes in upper-case hexadecimal, the form of kube-apiserver's ETags.
    static String hash(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(digest("SHA-512", bytes));
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(Request request, Document d, String mediaType) throws IOException {
        Map<String, String> headers = answers.headers(request, mediaType);
        headers.put("cache-control", "public");
        headers.put("etag", d.tag);
        headers.put("vary", "Accept");
        if (request.exchange().header("if-none-match").orElse("").equals(d.tag)) {
            request.answer(304, headers);
            return;
        }
        answers.send(request, 200, headers, d.bytes);
    }

    private static Struct versions(Request request) {
        String address = request.exchange().host();
        return Struct.of("kind", "APIVersions", "versions", List.of("v1"), "serverAddressByClientCIDRs",
                List.of(Struct.of("clientCIDR", "0.0.0.0/0", "serverAddress", address)));
    }

    private static Struct groupList(ServedGroups groups) {
        List<Struct> all = new ArrayList<>();
        for (String group : groups.names()) {
            if (!group.isEmpty()) {
                Collection<String> versions = groups.versions(group).keySet();
                all.add(Struct.of("name", group, "versions", groupVersions(group, versions), "preferredVersion",
                        groupVersion(group, versions.iterator().next())));
            }
        }
        return Struct.of("kind", "APIGroupList", "apiVersion", "v1", "groups", all);
    }

    private static Seq groupVersions(String group, Collection<String> versions) {
        return Seq.copyOf(versions.stream().map(v -> groupVersion(group, v)).toList());
    }

    private static Struct groupVersion(String group, String version) {
        return Struct.of("groupVersion", new Gvk(group, version, "").apiVersion(), "version", version);
    }

    private static Struct resourceList(String group, String version, List<ResourceKind> kinds) {
        List<Struct> all = new ArrayList<>();
        for (ResourceKind k : kinds) {
            all.add(Struct.builder().put("name", k.gvr().resource()).put("singularName", k.names().singular())
                    .put("namespaced", k.namespaced()).put("kind", k.gvk().kind()).put("verbs", verbs(k.verbs()))
                    .putUnlessEmpty("shortNames", k.names().shortNames())
                    .putUnlessEmpty("categories", k.names().categories())
                    .putUnlessEmpty("storageVersionHash", storageVersionHash(k.storage())).build());
            for (ResourceKind.Subresource s : k.subresources()) {
                Struct.Builder b = Struct.builder().put("name", k.gvr().resource() + "/" + s.name())
                        .put("singularName", "").put("namespaced", k.namespaced());
                if (!s.kind().group().equals(group) || !s.kind().version().equals(version)) {
                    b.putUnlessEmpty("group", s.kind().group()).put("version", s.kind().version());
                }
                all.add(b.put("kind", s.kind().kind()).put("verbs", verbs(s.verbs())).build());
            }
        }
        return Struct.of("kind", "APIResourceList", "apiVersion", "v1", "groupVersion",
                new Gvk(group, version, "").apiVersion(), "resources", all);
    }

    /// By which clients see that a resource is stored in another version than before; upstream's for each.
    private static String storageVersionHash(ResourceKind.Storage storage) {
        Gvk stored = storage.version();
        String text = stored.group() + "/" + stored.version() + "/" + stored.kind();
        byte[] hash = digest("SHA-256", text.getBytes(StandardCharsets.UTF_8));
        return storage.stored() ? Base64.getEncoder().encodeToString(Arrays.copyOf(hash, HASH_BYTES)) : "";
    }

    private static List<String> verbs(Collection<String> verbs) {
        return List.copyOf(new TreeSet<>(verbs));
    }

    private static Struct aggregated(ServedGroups groups, boolean coreGroup, String form) {
        List<Struct> all = new ArrayList<>();
        for (String group : groups.names()) {
            if (group.isEmpty() == coreGroup) {
                List<Struct> versions = new ArrayList<>();
                groups.versions(group).forEach((v, served) -> versions.add(served.kinds().isEmpty()
                        ? served.discovery() : Struct.of("version", v, "resources",
                                served.kinds().stream().map(Discovery::aggregated).toList(), "freshness", "Current")));
                Struct metadata = Struct.builder().putUnlessEmpty("name", group).put("creationTimestamp", null).build();
                all.add(Struct.of("metadata", metadata, "versions", versions));
            }
        }
        return Struct.of("kind", "APIGroupDiscoveryList", "apiVersion", "apidiscovery.k8s.io/" + form, "metadata",
                Struct.EMPTY, "items", all);
    }

    private static Struct aggregated(ResourceKind k) {
        List<Struct> subs = new ArrayList<>();
        for (ResourceKind.Subresource s : k.subresources()) {
            subs.add(Struct.of("subresource", s.name(), "responseKind", kind(s.kind()), "verbs", verbs(s.verbs())));
        }
        return Struct.builder().put("resource", k.gvr().resource()).put("responseKind", kind(k.gvk()))
                .put("scope", k.namespaced() ? "Namespaced" : "Cluster").put("singularResource", k.names().singular())
                .put("verbs", verbs(k.verbs())).putUnlessEmpty("shortNames", k.names().shortNames())
                .putUnlessEmpty("categories", k.names().categories()).putUnlessEmpty("subresources", subs).build();
    }

    private static Struct kind(Gvk kind) {
        return Struct.of("group", kind.group(), "version", kind.version(), "kind", kind.kind());
    }
}
