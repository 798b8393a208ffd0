package io.k3j.admissioncore;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Records;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.serviceaddresses.AddressRegistry;
import io.k3j.serviceaddresses.ChosenValues;
import io.k3j.serviceaddresses.ClaimCalls;
import io.k3j.serviceaddresses.PortRegistry;
import io.k3j.serviceaddresses.Reservations;
import io.k3j.serviceaddresses.ServiceClaims;
import io.k3j.serviceaddresses.ServiceFields;
import io.k3j.serviceaddresses.ServiceRange;
import io.k3j.serviceaddresses.ServiceRanges;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Allocates Service addresses and node ports. A value that the view of Services shows as used is refused without a
/// read of the datastore; a value that looks free is claimed in the datastore, which all servers share, before it is
/// given to a Service. For any thread; a claim blocks on the datastore.
@Component(service = Allocator.class, configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Allocator {
    private static final int TRIES = 64;
    private static final int PORT_BAND_LEAST = 16;
    private static final int PORT_BAND_MOST = 128;

    private final ServiceRanges ranges;
    private final int firstPort;
    private final int lastPort;
    private final Reservations addresses;
    private final Reservations ports;
    private final View services;
    private final RandomGenerator random;
    private final ServiceClaims addressClaims;
    private final ServiceClaims portClaims;
    private final ClaimCalls calls = new ClaimCalls();

    /// Opens the views of Services and ServiceCIDRs.
    /// @throws IllegalArgumentException for a malformed flag; the message names it
    @Activate
    public Allocator(AdmissionSettings settings, @Reference Listers listers, @Reference Records records) {
        this(List.of(settings.serviceCidr()), portRange(settings.serviceNodePortRange(), settings.kubeApiserverArg()),
                listers.api(), records, RandomGenerator.getDefault());
    }

    /// The range of node ports: what an argument of the API server says prevails over K3s' flag, as there.
    static String portRange(String flag, String... arguments) {
        return ComponentArguments.of("--kube-apiserver-arg", arguments).value("service-node-port-range").orElse(flag);
    }

    Allocator(List<String> cidrs, String portRangeText, ApiClient api, Records records, RandomGenerator random) {
        List<ServiceRange> configured = cidrs.stream().map(ServiceRange::parse).toList();
        int dash = portRangeText.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("--service-node-port-range is no range: " + portRangeText);
        }
        this.firstPort = Integer.parseInt(portRangeText.substring(0, dash).trim());
        this.lastPort = Integer.parseInt(portRangeText.substring(dash + 1).trim());
        InstantSource clock = InstantSource.system();
        this.addresses = new Reservations(clock);
        this.ports = new Reservations(clock);
        this.addressClaims = new ServiceClaims(new AddressRegistry(api, clock), (service, value) -> api
                .find(Listers.SERVICES, service).map(s -> addresses(s).contains(value)).orElse(false), clock);
        this.portClaims = new ServiceClaims(new PortRegistry(records, clock), (service, value) -> api
                .find(Listers.SERVICES, service).map(s -> ports(s).contains(value)).orElse(false), clock);
        this.ranges = new ServiceRanges(configured, api);
        this.services = api.view(Listers.SERVICES, Query.ALL);
        this.random = random;
        services.listen(this::changed);
        services.list().forEach(s -> changed(null, s));
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after == null ? before : after;
        if (one != null) {
            addresses.observe(one.key(), addresses(before), addresses(after));
            ports.observe(one.key(), ports(before), ports(after));
            addresses(before).stream().filter(v -> !addresses(after).contains(v))
                    .forEach(v -> addressClaims.noteRelease(v, one.key(), one.revision()));
            ports(before).stream().filter(v -> !ports(after).contains(v))
                    .forEach(v -> portClaims.noteRelease(v, one.key(), one.revision()));
        }
    }

    private static Set<String> addresses(@Nullable Obj service) {
        return service == null ? Set.of() : ServiceFields.addresses(service.spec());
    }

    private static Set<String> ports(@Nullable Obj service) {
        return service == null ? Set.of() : ServiceFields.ports(service.spec());
    }

    /// The ranges of which addresses are allocated.
    ServiceRanges ranges() {
        return ranges;
    }

    /// The address family of a Service whose writer does not say.
    String defaultFamily() {
        return ranges.configured().getFirst().family();
    }

    /// Whether the cluster has an address family (`IPv4`, `IPv6`). Its flag says so, as upstream: a ServiceCIDR of
    /// another one gives no addresses.
    boolean hasFamily(String family) {
        return ranges.configured().stream().anyMatch(r -> r.family().equals(family));
    }

    /// The range of node ports as error messages show it, `30000-32767`.
    String portRangeText() {
        return firstPort + "-" + lastPort;
    }

    /// The addresses in use, by Service.
    Reservations addresses() {
        return addresses;
    }

    /// The claims of addresses in the datastore.
    ServiceClaims addressClaims() {
        return addressClaims;
    }

    /// The claims of node ports in the datastore.
    ServiceClaims portClaims() {
        return portClaims;
    }

    /// What makes the calls about claims, for all writes together.
    ClaimCalls calls() {
        return calls;
    }

    /// The addresses of one write to a Service, none chosen yet.
    /// @param kept those of the stored Service
    ChosenValues chosenAddresses(Key service, Set<String> kept) {
        return new ChosenValues(addresses, addressClaims, service, kept);
    }

    /// The node ports of one write to a Service, written `30080/TCP`, none chosen yet.
    /// @param kept those of the stored Service
    ChosenValues chosenPorts(Key service, Set<String> kept) {
        return new ChosenValues(ports, portClaims, service, kept);
    }

    /// Whether a port lies in the node port range.
    boolean inPortRange(long port) {
        return port >= firstPort && port <= lastPort;
    }

    /// Chooses a free address of a family for a Service; empty when all its ranges are full. Of several ranges, which
    /// may overlap, it may be any. Random addresses of the upper bands are tried first, so that a full range costs
    /// nothing as long as another one is not, then every address of the upper and at last of the lower bands, which
    /// stay free for static choices. A range is walked through no further than its addresses are taken.
    /// See <https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/>.
    Optional<String> anyAddress(String family, ChosenValues chosen) {
        List<ServiceRange> all = new ArrayList<>(ranges.ready(family));
        Collections.shuffle(all, random);
        Optional<String> ip = Optional.empty();
        for (int i = 0; i < all.size() && ip.isEmpty(); i++) {
            ip = anyOf(all.get(i), chosen);
        }
        for (int i = 0; i < all.size() && ip.isEmpty(); i++) {
            ServiceRange r = all.get(i);
            ip = lastOf(r, r.lastUsable(), r.firstDynamic(), chosen);
        }
        for (int i = 0; i < all.size() && ip.isEmpty(); i++) {
            ServiceRange r = all.get(i);
            ip = lastOf(r, Math.min(r.lastUsable(), r.firstDynamic() - 1), 1, chosen);
        }
        return ip;
    }

    private Optional<String> anyOf(ServiceRange range, ChosenValues chosen) {
        long places = range.lastUsable() - range.firstDynamic() + 1;
        for (int i = 0; i < TRIES && places > 0; i++) {
            String ip = range.address(range.firstDynamic() + random.nextLong(places));
            if (chosen.choose(ip)) {
                return Optional.of(ip);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> lastOf(ServiceRange range, long from, long to, ChosenValues chosen) {
        for (long place = from; place >= to; place--) {
            String ip = range.address(place);
            if (chosen.choose(ip)) {
                return Optional.of(ip);
            }
        }
        return Optional.empty();
    }

    /// Chooses a free node port of a protocol for a Service; empty when the range is full. The lower band comes
    /// last, for the same reason. Allocates no memory for the range: a Service has as many ports as its body holds.
    Optional<Integer> anyPort(String protocol, ChosenValues chosen) {
        int size = lastPort - firstPort + 1;
        int band = Math.min(Math.max(PORT_BAND_LEAST, size / 32), Math.min(PORT_BAND_MOST, size - 1));
        int upper = size - band;
        int start = random.nextInt(upper);
        for (int i = 0; i < size; i++) {
            int port = firstPort + (i < upper ? band + (start + i) % upper : i - upper);
            if (chosen.choose(port + "/" + protocol)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        services.close();
        ranges.close();
    }
}
