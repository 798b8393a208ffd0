package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.io.IOException;
import java.util.Map;

/// `pods/proxy`, `services/proxy` and `nodes/proxy`: any request to a port behind the object. The name may
/// be `scheme:name:port`, `name:port` or `name`.
record PathProxy(Gvr resource, Backends backends) implements Connect {
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
        if (address.scheme().equals("https") && !resource.resource().equals("nodes")) {
            throw ApiFault.badRequest("proxying to https ports of pods and services is not supported yet by K3j");
        }
        Key key = new Key(call.key().namespace(), address.name());
        Backends.Backend back = switch (resource.resource()) {
            case "pods" -> backends.podPort(key, address.port());
            case "services" -> backends.servicePort(key, address.port());
            default -> backends.kubelet(address.name());
        };
        String rest = call.rest().isEmpty() ? "/" : call.rest();
        String base = own.substring(0, own.length() - call.rest().length());
        String target = rest + (exchange.query().isEmpty() ? "" : "?" + exchange.query());
        new Relay(exchange, back.channel(), back.host()).run(target, to -> to.startsWith("/") ? base + to : to);
    }

    /// The three parts a name may have.
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
