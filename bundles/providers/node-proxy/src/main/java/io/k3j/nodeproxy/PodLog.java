package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `pods/log`: forwards to the kubelet's `containerLogs`.
record PodLog(Function<Exchange, Backends> backends, Sessions sessions) implements Connect {
    private static final List<String> FORWARDED = List.of("follow", "previous", "sinceSeconds", "sinceTime",
            "timestamps",
            "tailLines", "limitBytes", "stream");

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
        if (!query.first("sinceSeconds").isEmpty() && !query.first("sinceTime").isEmpty()) {
            throw ApiFault.badRequest("at most one of `sinceTime` or `sinceSeconds` may be specified");
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
}
