package io.k3j.ingressresources;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.Routing;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the HelmChartConfig `traefik` asks for, as far as it is done here. Pure.
///
/// @param ports of the Service, where they are not the usual ones
/// @param service what else of the Service is not as usual, as [ServiceValues] has it
/// @param defaultClass whether the class is the default one
/// @param accessLog whether each request is logged
/// @param redirect where requests without TLS are sent; null for nowhere
/// @param problems what is not done
public record IngressValues(Map<EntryPoint, Integer> ports, Struct service, boolean defaultClass, boolean accessLog,
        @Nullable Redirection redirect, List<Routing.Problem> problems) {
    /// Without a HelmChartConfig.
    public static final IngressValues NONE = new IngressValues(Map.of(), Struct.EMPTY, true, false, null, List.of());
    /// Paths that an Event names; the API takes no long messages.
    private static final int NAMED = 12;

    /// To the same host and path over TLS.
    ///
    /// @param permanent whether clients may remember it
    /// @param port that clients are sent to
    public record Redirection(boolean permanent, int port) {
    }

    /// Of the object, if there is one.
    public static IngressValues of(Optional<Obj> config) {
        if (config.isEmpty()) {
            return NONE;
        }
        ChartValues values = ChartValues.of(config.get());
        Map<EntryPoint, Integer> ports = new EnumMap<>(EntryPoint.class);
        for (EntryPoint entryPoint : EntryPoint.values()) {
            values.port("ports." + entryPoint.label() + ".exposedPort").filter(p -> p != entryPoint.port())
                    .ifPresent(p -> ports.put(entryPoint, p));
        }
        Struct service = ServiceValues.of(values);
        boolean defaultClass = values.flag("ingressClass.isDefaultClass").orElse(true);
        boolean log = values.flag("logs.access.enabled").orElse(false)
                | values.word(ChartValues.argument("accesslog"), "true", "false").filter("true"::equals).isPresent();
        Redirection redirect = redirection(values, ports.getOrDefault(EntryPoint.WEBSECURE,
                EntryPoint.WEBSECURE.port()));
        return new IngressValues(Map.copyOf(ports), service, defaultClass, log, redirect, problems(values));
    }

    /// Of today's chart, of older ones, whose users have it written down, and of Traefik's own arguments. Clients may
    /// remember it unless that is denied, as in Traefik.
    private static @Nullable Redirection redirection(ChartValues values, int secure) {
        String argument = ChartValues.argument("entrypoints.web.http.redirections.entrypoint.");
        int port = 0;
        boolean permanent = true;
        for (String path : List.of("ports.web.http.redirections.entryPoint.", "ports.web.redirections.entryPoint.",
                argument)) {
            port = values.take(path + "to", v -> target(v, secure), "websecure or a port").orElse(port);
            values.word(path + "scheme", "https");
            permanent &= values.take(path + "permanent", IngressValues::truth, "true or false").orElse(true);
        }
        for (String path : List.of("ports.web.redirectTo.port", "ports.web.redirectTo")) {
            port = values.word(path, "websecure").map(to -> secure).orElse(port);
        }
        return port == 0 ? null : new Redirection(permanent, port);
    }

    private static Optional<Boolean> truth(Object value) {
        return List.of("true", "false").contains(value.toString()) ? Optional.of(value.toString().equals("true"))
                : Optional.empty();
    }

    private static Optional<Integer> target(Object value, int secure) {
        String text = value.toString();
        if (text.equals(EntryPoint.WEBSECURE.label())) {
            return Optional.of(secure);
        }
        boolean number = text.length() > 1 && text.length() <= 6 && text.charAt(0) == ':'
                && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9');
        return number ? Optional.of(Integer.parseInt(text.substring(1))).filter(p -> p > 0 && p < 65_536)
                : Optional.empty();
    }

    private static List<Routing.Problem> problems(ChartValues values) {
        List<Routing.Problem> all = new ArrayList<>();
        if (!values.wrong().isEmpty()) {
            all.add(new Routing.Problem("InvalidValues", String.join("; ", values.wrong())));
        }
        List<String> left = values.left();
        if (!left.isEmpty()) {
            all.add(new Routing.Problem("UnsupportedValues", "not known here and without effect: "
                    + String.join(", ", left.subList(0, Math.min(NAMED, left.size())))
                    + (left.size() > NAMED ? " and " + (left.size() - NAMED) + " more" : "")));
        }
        return List.copyOf(all);
    }

    /// The port of the Service.
    int port(EntryPoint entryPoint) {
        return ports.getOrDefault(entryPoint, entryPoint.port());
    }

    /// What Service and class are made of; the same for the same wishes, empty without any.
    String mark() {
        return ports.isEmpty() && service.isEmpty() && defaultClass ? ""
                : port(EntryPoint.WEB) + " " + port(EntryPoint.WEBSECURE) + " " + defaultClass + " "
                        + Integer.toHexString(service.toString().hashCode());
    }
}
