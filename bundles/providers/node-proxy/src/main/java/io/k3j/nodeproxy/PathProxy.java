package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// `pods/proxy`, `services/proxy` and `nodes/proxy`: forwards any request to a port of the object. The name may
/// be `scheme:name:port`, `name:port` or `name`.
record PathProxy(Gvr resource, Function<Exchange, Backends> backends, Sessions sessions) implements Connect {
    private static final Set<String> COMMANDS = Set.of("run", "exec", "attach", "portForward");

    @Override
    public String subresource() {
        return "proxy";
    }

    @Override
    public void serve(Call call) throws IOException {
        Exchange exchange = call.exchange();
        String own = exchange.path();
        if (call.rest().isEmpty() && !own.endsWith("/")
                && (exchange.method().equals("GET") || exchange.method().equals("HEAD"))) {
            String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
            exchange.respond(301, Map.of("location", own + "/" + query));
            return;
        }
        Address address = Address.parse(call.key().name());
        if (resource.resource().equals("nodes")) {
            refuseCommands(call);
        }
        try (Sessions.Session _ = sessions.begin(call.caller().user())) {
            forward(call, backend(call, address));
        }
    }

    private Backends.Backend backend(Call call, Address address) {
        Backends own = backends.apply(call.exchange());
        Key key = new Key(call.key().namespace(), address.name());
        boolean secure = address.scheme().equals("https");
        return switch (resource.resource()) {
            case "pods" -> own.podPort(key, address.port(), secure);
            case "services" -> own.servicePort(key, address.port(), secure);
            default -> own.kubelet(address.name());
        };
    }

    private static void forward(Call call, Backends.Backend back) throws IOException {
        Exchange exchange = call.exchange();
        String own = exchange.path();
        String rest = call.rest().isEmpty() ? "/" : call.rest();
        String base = own.substring(0, own.length() - call.rest().length());
        String target = rest + (exchange.query().isEmpty() ? "" : "?" + exchange.query());
        new Relay(exchange, back.channel(), back.host()).run(target, links(base, back.host()));
    }

    /// Rewrites a link to the back end for clients of this proxy; other links stay.
    ///
    /// @param base the path of the back end's root at the API server
    /// @param host the back end's host and port
    static UnaryOperator<String> links(String base, String host) {
        return to -> {
            String absolute = "://" + host + "/";
            int own = to.indexOf(absolute);
            String path = own > 0 && to.indexOf('/') == own + 1 ? to.substring(own + absolute.length() - 1) : to;
            return path.startsWith("/") && !path.startsWith("//") && !path.startsWith(base + "/") ? base + path : path;
        };
    }

    /// A kubelet also runs commands over a WebSocket, which starts with GET: a caller that may only `get` a
    /// node's proxy must not be able to run commands.
    private static void refuseCommands(Call call) {
        String[] parts = call.rest().split("/", 3);
        String first = parts.length < 2 ? "" : decode(parts[1]);
        if (COMMANDS.contains(first) && !call.exchange().method().equals("POST")) {
            throw new ApiFault(405, "MethodNotAllowed", first + " of a node takes POST", Struct.EMPTY);
        }
    }

    private static String decode(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest("the path is not percent-encoded as it should be");
        }
    }

    /// The parts of a name.
    record Address(String scheme, String name, String port) {
        static Address parse(String text) {
            String[] parts = text.split(":", -1);
            return switch (parts.length) {
                case 1 -> new Address("", parts[0], "");
                case 2 -> new Address("", parts[0], parts[1]);
                case 3 -> new Address(parts[0], parts[1], parts[2]);
                default -> throw ApiFault.badRequest("invalid proxy request \"" + text + "\"");
            };
        }
    }
}
