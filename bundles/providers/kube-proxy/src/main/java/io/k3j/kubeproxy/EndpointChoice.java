package io.k3j.kubeproxy;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Which endpoints of a port this node uses
/// (<https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies>). Ready ones; without any, those
/// that are terminating and still serve, so that nothing is lost while the last one goes. This node's own are
/// considered separately: traffic with a local policy goes to its last terminating endpoint. Pure.
///
/// Hints leave out others when every ready endpoint has one and at least one is for this node, or else for its zone.
/// Endpoints of this node are chosen without them.
///
/// @param serving the elements of all that serve, chosen or not
record EndpointChoice(List<ServiceEndpoint> all, List<ServiceEndpoint> local, Set<String> serving) {

    /// One endpoint of a slice, with where it is meant for.
    private record Candidate(ServiceEndpoint endpoint, boolean serving, boolean terminating, List<String> nodes,
            List<String> zones) {
    }

    /// The choice for a port of a Service.
    ///
    /// @param offers the ports of its slices that have the port's name and protocol
    static EndpointChoice of(List<SlicePorts.Offer> offers, Family family, ThisNode node) {
        List<Candidate> found = new ArrayList<>();
        offers.forEach(o -> o.endpoints().forEach(e -> candidate(e, o.port(), family, node).ifPresent(found::add)));
        return chosen(found, node);
    }

    private static EndpointChoice chosen(List<Candidate> found, ThisNode node) {
        List<Candidate> ready = found.stream().filter(c -> c.endpoint().ready()).toList();
        List<Candidate> leaving = found.stream()
                .filter(c -> !c.endpoint().ready() && c.serving() && c.terminating()).toList();
        List<ServiceEndpoint> hinted = usable(ready, hinted(ready, node));
        return new EndpointChoice(hinted.isEmpty() ? usable(leaving, c -> true) : hinted, here(ready, leaving),
                found.stream().filter(c -> c.serving() || c.endpoint().ready()).map(c -> c.endpoint().element())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static List<ServiceEndpoint> here(List<Candidate> ready, List<Candidate> leaving) {
        List<ServiceEndpoint> here = usable(ready, c -> c.endpoint().local());
        return here.isEmpty() ? usable(leaving, c -> c.endpoint().local()) : here;
    }

    private static Predicate<Candidate> hinted(List<Candidate> ready, ThisNode node) {
        if (ready.stream().noneMatch(c -> c.nodes().isEmpty())
                && ready.stream().anyMatch(c -> c.nodes().contains(node.name()))) {
            return c -> c.nodes().contains(node.name());
        }
        if (ready.stream().noneMatch(c -> c.zones().isEmpty())
                && ready.stream().anyMatch(c -> c.zones().contains(node.zone()))) {
            return c -> c.zones().contains(node.zone());
        }
        return c -> true;
    }

    private static List<ServiceEndpoint> usable(List<Candidate> some, Predicate<Candidate> wanted) {
        return some.stream().filter(wanted).map(Candidate::endpoint).distinct()
                .sorted(Comparator.comparing(ServiceEndpoint::address).thenComparing(ServiceEndpoint::port)).toList();
    }

    private static Optional<Candidate> candidate(Struct e, int port, Family family, ThisNode node) {
        Struct conditions = e.struct("conditions");
        boolean ready = conditions.flag("ready", true);
        boolean local = e.text("nodeName").equals(node.name());
        Struct hints = e.struct("hints");
        return e.seq("addresses").texts().stream().limit(1).flatMap(a -> family.literal(a).stream())
                .filter(a -> port > 0).findFirst()
                .map(a -> new Candidate(new ServiceEndpoint(a, port, local, ready),
                        conditions.flag("serving", true), conditions.flag("terminating"), names(hints, "forNodes"),
                        names(hints, "forZones")));
    }

    private static List<String> names(Struct hints, String which) {
        return hints.seq(which).structs().stream().map(h -> h.text("name")).toList();
    }
}
