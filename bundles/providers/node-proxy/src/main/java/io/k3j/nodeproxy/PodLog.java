package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `pods/log`: forwards to the kubelet's `containerLogs`.
record PodLog(Function<Exchange, Backends> backends, Sessions sessions) implements Connect {
    private static final List<String> FORWARDED = List.of("follow", "previous", "sinceSeconds", "sinceTime",
            "timestamps", "tailLines", "limitBytes", "stream");

    private static final List<String> STREAMS = List.of("All", "Stdout", "Stderr");
    private static final String SUPPORTED = "\"All\", \"Stderr\", \"Stdout\"";

    @Override
    public Gvr resource() {
        return Backends.PODS;
    }

    @Override
    public String subresource() {
        return "log";
    }

    @Override
    public void serve(Call call) throws IOException {
        QueryText query = QueryText.parse(call.exchange().query());
        List<FieldProblem> wrong = problems(query);
        if (!wrong.isEmpty()) {
            throw FieldProblem.fault(Gvk.of("v1", "PodLogOptions"), call.key().name(), wrong);
        }
        Backends own = backends.apply(call.exchange());
        Obj pod = own.pod(call.key());
        String container = PodTarget.container(pod, query.first("container"));
        if (pod.spec().text("nodeName").isEmpty()) {
            call.exchange().respond(200, Map.of("content-type", "text/plain"));
            return;
        }
        String parameters = query.pairs().stream().filter(p -> FORWARDED.contains(p.getKey()))
                .map(p -> p.getKey() + "=" + QueryText.encode(p.getValue())).collect(Collectors.joining("&"));
        try (Sessions.Session _ = sessions.begin(call.caller().user())) {
            Backends.Backend kubelet = own.kubelet(pod);
            new Relay(call.exchange(), kubelet.channel(), kubelet.host()).runChecked(
                    PodTarget.path("containerLogs", pod, container) + (parameters.isEmpty() ? "" : "?" + parameters));
        }
    }

    /// Numbers that no log can be asked for by. What is no number the kubelet refuses.
    static List<FieldProblem> problems(QueryText query) {
        List<FieldProblem> wrong = new ArrayList<>();
        least(query, "tailLines", 0, "must be greater than or equal to 0", wrong);
        least(query, "limitBytes", 1, "must be greater than 0", wrong);
        if (!query.first("sinceSeconds").isEmpty() && !query.first("sinceTime").isEmpty()) {
            wrong.add(FieldProblem.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        } else {
            least(query, "sinceSeconds", 1, "must be greater than 0", wrong);
        }
        String stream = query.first("stream");
        if (!stream.isEmpty() && !STREAMS.contains(stream)) {
            wrong.add(FieldProblem.unsupported("stream", stream, SUPPORTED));
        } else if (!stream.isEmpty() && !stream.equals("All") && !query.first("tailLines").isEmpty()) {
            wrong.add(FieldProblem.forbidden("", "`tailLines` and specific `stream` are mutually exclusive for now"));
        }
        return wrong;
    }

    private static void least(QueryText query, String name, long least, String why, List<FieldProblem> wrong) {
        try {
            long value = Long.parseLong(query.first(name));
            if (value < least) {
                wrong.add(FieldProblem.invalid(name, value, why));
            }
        } catch (NumberFormatException e) {
            // absent, or the kubelet says so
        }
    }
}
