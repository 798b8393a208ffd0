package io.k3j.apidiscovery;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Groups;
import io.k3j.objectregistry.Kinds;
import io.k3j.openapi.OpenApi;
import io.k3j.openapi.OpenApiResource;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The OpenAPI documents: version 3 by group and version, version 2 as a whole, with what other servers say of theirs.
/// Each is built on first use and cached until the kinds change, or what it has of others. Any thread.
public final class OpenApiDocuments {
    private static final String V2_ASKED = "application/com.github.proto-openapi.spec.v2";
    private static final String V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private final Kinds kinds;
    private final RemoteApis remote;
    private final Source source;
    private final Responses answers;
    private final OpenApi openApi;
    private final long epoch = System.nanoTime();
    private volatile Generation cached = new Generation(-1, Map.of(), Map.of());
    private final ReentrantLock merging = new ReentrantLock();
    private volatile Merged merged = new Merged(-1, List.of(), Map.of());

    /// What the documents are made of.
    ///
    /// @param schemas the built-in types
    /// @param protobuf knows which of them are built in
    /// @param version of the server, as `kubectl version` shows it
    public record Source(Schemas schemas, Protobuf protobuf, String version) {
    }

    /// The documents of one generation of the kinds; resources by group and version.
    private record Generation(long generation, Map<String, List<OpenApiResource>> resources,
            Map<String, Document> documents) {
    }

    /// Version 2 of one generation of the kinds with the documents of other servers.
    private record Merged(long generation, List<OpenApiDocument> others, Map<String, Document> documents) {
        boolean isOf(Generation now, List<OpenApiDocument> told) {
            return generation == now.generation && others.equals(told);
        }
    }

    /// A document: the hash is computed at once, the bytes on demand, kept by a soft reference.
    private static final class Document {
        private final String hash;
        private final Supplier<byte[]> maker;
        private SoftReference<byte[]> bytes = new SoftReference<>(null);

        Document(String hash, Supplier<byte[]> maker) {
            this.hash = hash;
            this.maker = maker;
        }

        synchronized byte[] bytes() {
            byte[] known = bytes.get();
            if (known == null) {
                known = maker.get();
                bytes = new SoftReference<>(known);
            }
            return known;
        }
    }

    /// Makes no document yet.
    ///
    /// @param kinds what this server has
    /// @param remote knows what other servers serve
    public OpenApiDocuments(Kinds kinds, RemoteApis remote, Source source, Responses answers) {
        this.kinds = kinds;
        this.remote = remote;
        this.source = source;
        this.answers = answers;
        this.openApi = new OpenApi(source.schemas, source.version);
    }

    private Generation current() {
        long generation = kinds.generation();
        Generation now = cached;
        if (now.generation != generation) {
            now = new Generation(generation, resources(kinds.listed()), new ConcurrentHashMap<>());
            cached = now;
        }
        return now;
    }

    private static Map<String, List<OpenApiResource>> resources(Collection<ResourceKind> kinds) {
        Map<String, List<OpenApiResource>> all = new LinkedHashMap<>();
        Groups groups = Groups.of(kinds);
        for (String group : groups.names()) {
            groups.versions(group).forEach((version, rows) -> all.put(new Gvk(group, version, "").apiVersion(),
                    rows.stream().map(OpenApiDocuments::resource).toList()));
        }
        return all;
    }

    private static OpenApiResource resource(ResourceKind k) {
        return new OpenApiResource(k.gvr(), k.gvk(), k.namespaced(), k.verbs(), k.shape(), k.subresources().stream()
                .map(s -> new OpenApiResource.Subresource(s.name(), s.kind(), s.verbs())).toList(),
                k.strategy().returned());
    }

    /// Serves `/openapi`. The first one who asks for a document computes it.
    ///
    /// @throws io.k3j.clientapi.ApiFault 404 for another path, or a version that nobody serves
    public void serve(Request request) throws IOException {
        List<String> path = request.segments();
        Generation now = current();
        if (path.size() == 2 && path.get(1).equals("v2")) {
            v2(request, now);
        } else if (path.size() >= 2 && path.get(1).equals("v3")) {
            v3(request, now, String.join("/", path.subList(2, path.size())));
        } else {
            throw Responses.noSuchResource();
        }
    }

    private void v2(Request request, Generation now) throws IOException {
        boolean protobuf = request.exchange().header("accept").orElse("").contains(V2_ASKED);
        List<OpenApiDocument> others = remote.openApi();
        send(request, others.isEmpty() ? v2(now, protobuf) : merged(now, others, protobuf),
                protobuf ? V2_PROTOBUF : "application/json", false);
    }

    private Document v2(Generation now, boolean protobuf) {
        if (!merged.others.isEmpty()) {
            merged = new Merged(-1, List.of(), Map.of());
        }
        Supplier<Struct> tree = () -> {
            List<OpenApiResource> all = new ArrayList<>();
            now.resources.values().forEach(all::addAll);
            return openApi.v2(all);
        };
        return protobuf ? document(now, "v2.pb", () -> OpenApi.protobuf(tree.get()))
                : document(now, "v2", () -> Json.bytes(tree.get()));
    }

    private Document merged(Generation now, List<OpenApiDocument> others, boolean protobuf) {
        Merged known = merged;
        known = known.isOf(now, others) ? known : renewed(now, others);
        return Objects.requireNonNull(known.documents.get(protobuf ? "v2.pb" : "v2"));
    }

    /// One for all who ask meanwhile.
    private synchronized Merged renewed(Generation now, List<OpenApiDocument> others) {
        Merged known = merged;
        if (!known.isOf(now, others)) {
            known = new Merged(now.generation, others, documents(now, others));
            merged = known;
        }
        return known;
    }

    private Map<String, Document> documents(Generation now, List<OpenApiDocument> others) {
        Supplier<Struct> tree = () -> new MergedOpenApi(openApi).of(now.resources, others);
        String told = MergedOpenApi.told(others);
        return Map.of("v2", new Document(hash(now, "v2", told), () -> alone(() -> Json.bytes(tree.get()))), "v2.pb",
                new Document(hash(now, "v2.pb", told), () -> alone(() -> OpenApi.protobuf(tree.get()))));
    }

    /// One after the other: while others' documents are read they take several times the memory that they are kept in.
    private byte[] alone(Supplier<byte[]> maker) {
        merging.lock();
        try {
            return maker.get();
        } finally {
            merging.unlock();
        }
    }

    private void v3(Request request, Generation now, String name) throws IOException {
        if (name.isEmpty()) {
            Map<String, Struct> paths = new LinkedHashMap<>();
            now.resources.keySet().forEach(gv -> {
                String path = path(gv);
                paths.put(path, Struct.of("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + group(now, gv).hash));
            });
            remote.versions().forEach(v -> {
                String path = path(v.group() + "/" + v.version());
                paths.put(path, Struct.of("serverRelativeURL", "/openapi/v3/" + path));
            });
            request.negotiate(Form.Offer.PLAIN);
            answers.tree(request, 200, Struct.of("paths", paths));
            return;
        }
        String gv = name.startsWith("apis/") ? name.substring(5) : name.startsWith("api/") ? name.substring(4) : "";
        if (!now.resources.containsKey(gv)) {
            throw Responses.noSuchResource();
        }
        Document d = group(now, gv);
        send(request, d, "application/json", request.params().text("hash").equals(d.hash));
    }

    private static String path(String groupVersion) {
        return groupVersion.indexOf('/') < 0 ? "api/" + groupVersion : "apis/" + groupVersion;
    }

    private Document group(Generation now, String gv) {
        return document(now, gv, () -> Json.bytes(openApi.v3(gv, now.resources.getOrDefault(gv, List.of()))));
    }

    private Document document(Generation now, String name, Supplier<byte[]> maker) {
        return now.documents.computeIfAbsent(name, n -> new Document(hash(now, n, ""), maker));
    }

    /// The hash of a built-in document depends on the version only; that of custom kinds also on this process, since
    /// it counts generations itself.
    /// @param others what it has of other servers
    private String hash(Generation now, String name, String others) {
        List<OpenApiResource> resources = now.resources.getOrDefault(name, List.of());
        boolean builtIn = !resources.isEmpty() && resources.stream().allMatch(r -> source.protobuf.knows(r.kind()));
        StringBuilder b = new StringBuilder(source.version).append(name);
        resources.forEach(r -> b.append(r.gvr()).append(r.verbs()));
        return Discovery.hash((builtIn ? b : b.append(epoch).append(now.generation)).append(others).toString()
                .getBytes(StandardCharsets.UTF_8));
    }

    private void send(Request request, Document d, String mediaType, boolean immutable) throws IOException {
        Map<String, String> headers = answers.headers(request, mediaType);
        String tag = "\"" + d.hash + "\"";
        headers.put("etag", tag);
        headers.put("vary", "Accept");
        headers.put("cache-control", immutable ? "public, immutable" : "no-cache, private");
        if (request.exchange().header("if-none-match").orElse("").equals(tag)) {
            request.answer(304, headers);
            return;
        }
        answers.send(request, 200, headers, d.bytes());
    }
}
