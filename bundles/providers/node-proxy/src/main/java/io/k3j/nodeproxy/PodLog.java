package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// `pods/log`: forwards to the kubelet's `containerLogs`.
record PodLog(Backends backends) implements Connect {
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
        Obj pod = backends.pod(call.key());
        String container = PodTarget.container(pod, query.first("container"));
        if (pod.spec().text("nodeName").isEmpty()) {
            call.exchange().respond(200, Map.of("content-type", "text/plain"));
            return;
        }
        String parameters = query.pairs().stream().filter(p -> FORWARDED.contains(p.getKey()))
                .map(p -> p.getKey() + "=" + QueryText.encode(p.getValue())).collect(Collectors.joining("&"));
        Backends.Backend kubelet = backends.kubelet(pod);
        new Relay(call.exchange(), kubelet.channel(), kubelet.host()).runChecked(
                PodTarget.path("containerLogs", pod, container) + (parameters.isEmpty() ? "" : "?" + parameters));
    }
}
