package io.k3j.probes;

import io.k3j.model.Struct;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The headers of an `httpGet`, as upstream's kubelet and Go's client send them. Pure.
final class ProbeHeaders {
    private static final char DELETE = 0x7f;
    /// What a token has not, beside blanks and control characters: RFC 9110, section 5.6.2.
    private static final String SEPARATORS = "\"(),/:;<=>?@[\\]{}";
    /// Of the Kubernetes that asks, as `User-Agent` has it.
    private static final String VERSION = "1.36";
    private static final String AGENT = "User-Agent";
    private static final String ACCEPT = "Accept";
    private static final String HOST = "Host";
    /// What Go's client writes itself, whatever the user says.
    private static final List<String> OF_THE_CLIENT = List.of("Content-Length", "Transfer-Encoding", "Trailer");

    private ProbeHeaders() {
    }

    /// Headers of the user replace those of the kubelet, `Host` too, whatever their case; several of one name are sent
    /// all. An empty `User-Agent`, `Accept` or `Host` is none.
    /// @param purpose what upstream's kubelet calls itself by
    /// @return by names whose case does not count
    /// @throws IOException for one that would end a line of the request, with Go's words
    static SortedMap<String, List<String>> of(Struct get, String purpose) throws IOException {
        SortedMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Struct header : get.seq("httpHeaders").structs()) {
            headers.computeIfAbsent(name(header), n -> new ArrayList<>()).add(value(header));
        }
        OF_THE_CLIENT.forEach(headers::remove);
        headers.putIfAbsent(AGENT, List.of("kube-" + purpose + "/" + VERSION));
        headers.putIfAbsent(ACCEPT, List.of("*/*"));
        for (String one : List.of(AGENT, HOST)) {
            headers.computeIfPresent(one, (n, all) -> all.subList(0, 1));
        }
        headers.entrySet().removeIf(e -> List.of(AGENT, ACCEPT, HOST).stream().anyMatch(e.getKey()::equalsIgnoreCase)
                && e.getValue().getFirst().isEmpty());
        return headers;
    }

    /// What would end a line of the request is no header: the rest could be any request to any host.
    private static String name(Struct header) throws IOException {
        String name = header.text("name");
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < DELETE && SEPARATORS.indexOf(c) < 0)) {
            throw new IOException("net/http: invalid header field name \"" + name + "\"");
        }
        return name;
    }

    private static String value(Struct header) throws IOException {
        String value = header.text("value");
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == DELETE)) {
            throw new IOException("net/http: invalid header field value for \"" + header.text("name") + "\"");
        }
        return value;
    }
}
