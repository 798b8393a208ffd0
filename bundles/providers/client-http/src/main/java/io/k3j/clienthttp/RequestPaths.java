package io.k3j.clienthttp;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Builds request paths.
final class RequestPaths {
    private final StringBuilder text = new StringBuilder(96);
    private char separator = '?';

    private RequestPaths() {
    }

    /// The path of a resource in a namespace; empty for cluster scope or all namespaces.
    static RequestPaths of(Gvr resource, String namespace) {
        RequestPaths p = new RequestPaths();
        p.text.append(resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/")
                .append(resource.version());
        if (!namespace.isEmpty()) {
            p.text.append("/namespaces/").append(encode(namespace));
        }
        p.text.append('/').append(resource.resource());
        return p;
    }

    /// The path of one object.
    static RequestPaths of(Gvr resource, Key key) {
        return of(resource, key.namespace()).below(key.name());
    }

    /// Appends a segment unless it is empty.
    RequestPaths below(String segment) {
        if (!segment.isEmpty()) {
            text.append('/').append(encode(segment));
        }
        return this;
    }

    /// Appends a parameter unless it is empty.
    RequestPaths with(String name, String value) {
        if (!value.isEmpty()) {
            text.append(separator).append(name).append('=').append(encode(value));
            separator = '&';
        }
        return this;
    }

    /// Appends the selectors of a query.
    RequestPaths with(Query query) {
        return with("labelSelector", query.labels().everything() ? "" : query.labels().toString())
                .with("fieldSelector", query.fields().toString());
    }

    /// Appends the write options; `defaultManager` is the field manager when they name none.
    RequestPaths with(WriteOptions options, String defaultManager) {
        return with("fieldManager", options.fieldManager().isEmpty() ? defaultManager : options.fieldManager())
                .with("dryRun", options.dryRun() ? "All" : "");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
