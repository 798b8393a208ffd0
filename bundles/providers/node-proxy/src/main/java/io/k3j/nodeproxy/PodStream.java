package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// `pods/exec`, `pods/attach` and `pods/portforward`: forwards to the kubelet's corresponding endpoint.
record PodStream(String subresource, Function<Exchange, Backends> backends, Sessions sessions) implements Connect {
    private static final Map<String, String> KUBELET_VERB = Map.of("exec", "exec", "attach", "attach", "portforward",
            "portForward");
    private static final Map<String, String> KUBELET_NAME = Map.of("stdin", "input", "stdout", "output", "stderr",
            "error",
            "tty", "tty");

    @Override
    public Gvr resource() {
        return Backends.PODS;
    }

    @Override
    public void serve(Call call) throws IOException {
        QueryText query = QueryText.parse(call.exchange().query());
        Backends own = backends.apply(call.exchange());
        Obj pod = own.pod(call.key());
        boolean forward = subresource.equals("portforward");
        String container = forward ? "" : PodTarget.container(pod, query.first("container"));
        if (call.exchange().header("upgrade").isEmpty()) {
            throw ApiFault.badRequest("Upgrade request required");
        }
        String target = PodTarget.path(Objects.requireNonNull(KUBELET_VERB.get(subresource)), pod, container)
                + parameters(query, forward);
        try (Sessions.Session _ = sessions.begin(call.caller().user())) {
            Backends.Backend kubelet = own.kubelet(pod);
            new Relay(call.exchange(), kubelet.channel(), kubelet.host()).run(target, UnaryOperator.identity());
        }
    }

    private static String parameters(QueryText query, boolean forward) {
        List<String> parts = new ArrayList<>();
        if (forward) {
            query.all("ports").forEach(p -> parts.add("port=" + QueryText.encode(p)));
        } else {
            KUBELET_NAME.forEach((ours, theirs) -> {
                if (query.flag(ours)) {
                    parts.add(theirs + "=1");
                }
            });
            query.all("command").forEach(c -> parts.add("command=" + QueryText.encode(c)));
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }
}
