package io.k3j.clienthttp;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Writes request paths. Pure.
final class Paths {
    private final StringBuilder text = new StringBuilder(96);
    private char before = '?';

    private Paths() {
    }

    /// The path of a resource in a namespace (empty: none or all of them).
    static Paths of(Gvr resource, String namespace) {
        Paths p = new Paths();
        p.text.append(resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/")
                .append(resource.version());
        if (!namespace.isEmpty()) {
            p.text.append("/namespaces/").append(encoded(namespace));
        }
        p.text.append('/').append(resource.resource());
        return p;
    }

    /// The path of one object.
    static Paths of(Gvr resource, Key key) {
        return of(resource, key.namespace()).below(key.name());
    }

    /// One more segment, unless it is empty.
    Paths below(String segment) {
        if (!segment.isEmpty()) {
            text.append('/').append(encoded(segment));
        }
        return this;
    }

    /// One more parameter, unless it is empty.
    Paths with(String name, String value) {
        if (!value.isEmpty()) {
            text.append(before).append(name).append('=').append(encoded(value));
            before = '&';
        }
        return this;
    }

    /// The selectors of a query.
    Paths with(Query query) {
        return with("labelSelector", query.labels().everything() ? "" : query.labels().toString())
                .with("fieldSelector", query.fields().toString());
    }

    /// How to write; `otherwise` is the manager when none is told.
    Paths with(WriteOptions options, String otherwise) {
        return with("fieldManager", options.fieldManager().isEmpty() ? otherwise : options.fieldManager())
                .with("dryRun", options.dryRun() ? "All" : "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
