package io.k3j.aggregator;

import io.k3j.apiserverapi.AggregatedApis.Question;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What components of this process ask of other servers. Any thread; blocks until the whole answer is there.
final class Questions {
    /// Bytes of an answer: a hundred thousand pods' figures in a namespace are fewer.
    private static final int MOST_BYTES = 64 << 20;
    /// Of a small heap it is less: what is made of an answer takes several times as much.
    private static final int HEAP_PART = 32;
    private static final int LOWEST_REFUSAL = 400;
    private final BackendDialer backends;
    private final OpenRequests open;
    private final Duration answering;
    private final int mostBytes;

    /// @param answering how long an answer may take as a whole
    /// @param heapBytes the most the heap may become
    Questions(BackendDialer backends, OpenRequests open, Duration answering, long heapBytes) {
        this.mostBytes = (int) Math.min(MOST_BYTES, heapBytes / HEAP_PART);
        this.backends = backends;
        this.open = open;
        this.answering = answering;
    }

    /// Asks a server.
    /// @throws ApiFault as it refuses; 400 for names that are none, 429, 503
    Struct ask(ApiService to, Question question) {
        return send(to, OwnRequest.get(target(question)), question);
    }

    /// Deletes what a question is about.
    /// @throws ApiFault as [#ask]
    void delete(ApiService to, Question question, Struct options) {
        send(to, OwnRequest.delete(target(question), Json.bytes(options)), question);
    }

    private Struct send(ApiService to, OwnRequest request, Question question) {
        try (OpenRequests.Place _ = open.begin(question.caller().user(), to.name());
                BackendConnections connections = new BackendConnections(answering)) {
            try {
                ByteDuplex back = backends.open(to, backends.endpoints().of(to), connections);
                ResponseHead head = request.send(back, to, question.caller());
                return answer(head, request.body(back, head, mostBytes));
            } catch (IOException e) {
                throw unavailable(connections.told(e).getMessage());
            }
        }
    }

    private static ApiFault unavailable(@Nullable String why) {
        return ApiFault.unavailable("error trying to reach service: " + why);
    }

    private static Struct answer(ResponseHead head, byte[] body) {
        Struct object = object(body);
        int status = head.status();
        if (status / 100 == 2 && !object.isEmpty()) {
            return object;
        }
        boolean refused = status >= LOWEST_REFUSAL && object.text("kind").equals("Status");
        throw refused ? new ApiFault(status, object.text("reason"), object.text("message"), object.struct("details"))
                : unavailable("it answered with status " + status + " and " + body.length + " bytes");
    }

    private static Struct object(byte[] body) {
        try {
            return Json.object(body);
        } catch (MalformedInput noObject) {
            return Struct.EMPTY;
        }
    }

    private static String target(Question q) {
        List<String> segments = new ArrayList<>(List.of("apis", q.resource().group(), q.resource().version()));
        Key key = q.key();
        if (!key.namespace().isEmpty()) {
            segments.addAll(List.of("namespaces", key.namespace()));
        }
        segments.add(q.resource().resource());
        if (!key.name().isEmpty()) {
            segments.add(key.name());
        }
        if (!q.subresource().isEmpty()) {
            segments.addAll(List.of(q.subresource().split("/", -1)));
        }
        String query = q.parameters().names().stream().map(n -> encoded(n) + "=" + encoded(q.parameters().text(n)))
                .collect(Collectors.joining("&"));
        return segments.stream().map(Questions::segment).collect(Collectors.joining("/", "/", ""))
                + (query.isEmpty() ? "" : "?" + query);
    }

    /// Names come from objects that anybody may have written: what is no segment as upstream has them
    /// (`IsValidPathSegmentName`) would lead to another path than the one that was authorized.
    private static String segment(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("%")) {
            throw ApiFault.badRequest("\"" + name + "\" is no segment of a path: it may not be empty, \".\" or \"..\""
                    + " or contain \"/\" or \"%\"");
        }
        return name.equals("*") ? name : encoded(name);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
