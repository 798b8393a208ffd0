package io.k3j.webhookclient;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.kubeletclient.Destinations;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Where the server of a webhook can be dialled: the ready endpoints of its Service, in random order, as a server needs
/// no Service rules of its own for that; or what the name of a URL resolves to. Who may write Services and
/// EndpointSlices of a namespace leads the server neither to itself nor to a cloud's metadata.
///
/// Both are looked up in views, which are the server's memory and cost no round trip to the datastore. What they do not
/// have, another server may just have written: it is asked for then. Blocks for the API and for DNS.
public final class ServiceEndpoints {
    private static final Gvr SERVICES = Gvr.of("v1", "services");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    private final ApiClient api;
    private final RandomGenerator random;

    /// @param api reads Services and EndpointSlices
    /// @param random spreads calls over endpoints
    public ServiceEndpoints(ApiClient api, RandomGenerator random) {
        this.api = api;
        this.random = random;
    }

    /// An address to dial.
    /// @param node that it is reached on; empty: directly
    public record Endpoint(String node, String address, int port) {
        @Override
        public String toString() {
            return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
        }
    }

    /// The endpoints of a Service or URL, at least one.
    /// @param address that of `config`
    /// @throws IOException when there is none
    public List<Endpoint> of(ClientConfig config, URI address) throws IOException {
        if (!config.ofService()) {
            return resolved(ClientConfig.host(address), ClientConfig.port(address));
        }
        try {
            return ofService(config);
        } catch (ApiFault unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }

    /// An administrator has written the name, so it may be one of this machine, as upstream.
    private static List<Endpoint> resolved(String name, int port) throws IOException {
        List<Endpoint> all = new ArrayList<>();
        for (InetAddress a : InetAddress.getAllByName(name)) {
            all.add(new Endpoint("", a.getHostAddress(), port));
        }
        return all;
    }

    private List<Endpoint> ofService(ClientConfig config) throws IOException {
        Key key = new Key(config.namespace(), config.service());
        Obj service = known(key).filter(s -> external(s) || port(s, config).isPresent())
                .or(() -> api.find(SERVICES, key))
                .orElseThrow(() -> new IOException("service \"" + config.service() + "\" not found"));
        if (external(service)) {
            List<Endpoint> named = resolved(service.spec().text("externalName"), config.port());
            named.removeIf(e -> !Destinations.allowed(e.address()));
            return some(config, named);
        }
        Optional<String> port = port(service, config);
        if (port.isEmpty()) {
            throw new IOException("no service port " + config.port() + " found for service \"" + config.service()
                    + "\"");
        }
        List<Endpoint> ready = ready(key, port.get());
        Collections.shuffle(ready, random);
        return some(config, ready);
    }

    private Optional<Obj> known(Key service) {
        try (View here = api.view(SERVICES, Query.in(service.namespace()))) {
            return here.get(service);
        }
    }

    private static boolean external(Obj service) {
        return service.spec().text("type").equals("ExternalName");
    }

    /// The name of the port that a webhook is at.
    private static Optional<String> port(Obj service, ClientConfig config) {
        return service.spec().seq("ports").structs().stream().filter(p -> p.whole("port", 0) == config.port())
                .map(p -> p.text("name")).findFirst();
    }

    private static List<Endpoint> some(ClientConfig config, List<Endpoint> all) throws IOException {
        if (all.isEmpty()) {
            throw new IOException("no endpoints available for service \"" + config.service() + "\"");
        }
        return all;
    }

    private List<Endpoint> ready(Key service, String port) {
        Query slices = Query.in(service.namespace())
                .labelled(Selector.ofLabels(Map.of("kubernetes.io/service-name", service.name())));
        try (View here = api.view(SLICES, slices)) {
            List<Endpoint> known = ready(here.list(), port);
            return known.isEmpty() ? ready(api.list(SLICES, slices).items(), port) : known;
        }
    }

    private static List<Endpoint> ready(Collection<Obj> slices, String port) {
        List<Endpoint> ready = new ArrayList<>();
        for (Obj slice : slices) {
            int number = (int) slice.tree().seq("ports").find("name", port).whole("port", 0);
            for (Struct e : slice.tree().seq("endpoints").structs()) {
                String address = e.seq("addresses").isEmpty() ? "" : e.seq("addresses").text(0);
                if (number > 0 && e.struct("conditions").flag("ready", true) && Destinations.allowed(address)) {
                    ready.add(new Endpoint(e.text("nodeName"), address, number));
                }
            }
        }
        return ready;
    }
}
