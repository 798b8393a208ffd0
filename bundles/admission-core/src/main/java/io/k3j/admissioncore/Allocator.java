package io.k3j.admissioncore;

import io.k3j.apiserverapi.Records;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.LinkedHashSet;
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

/// Service addresses and node ports: who has which. What the view of services shows is known without asking;
/// what looks free is claimed in the store, where all servers see it, before it is given away. For any thread.
@Component(service = Allocator.class, configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Allocator {
    private static final int TRIES = 64;
    private static final int PORT_BAND_LEAST = 16;
    private static final int PORT_BAND_MOST = 128;

    private final List<Range> ranges;
    private final int firstPort;
    private final int lastPort;
    private final Reserved addresses = new Reserved();
    private final Reserved ports = new Reserved();
    private final View services;
    private final RandomGenerator random;
    private final Claims addressClaims;
    private final Claims portClaims;

    /// Begins to follow the services.
    /// @throws IllegalArgumentException naming the flag that makes no sense
    @Activate
    public Allocator(Settings settings, @Reference World world, @Reference Records records) {
        this(settings.serviceCidr(), settings.serviceNodePortRange(), world.api(), records,
                RandomGenerator.getDefault());
    }

    Allocator(String cidrs, String portRange, ApiClient api, Records records, RandomGenerator random) {
        this.ranges = List.of(cidrs.split(",")).stream().map(Range::parse).toList();
        int dash = portRange.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("--service-node-port-range is no range: " + portRange);
        }
        this.firstPort = Integer.parseInt(portRange.substring(0, dash).trim());
        this.lastPort = Integer.parseInt(portRange.substring(dash + 1).trim());
        InstantSource clock = InstantSource.system();
        this.addressClaims = new Claims(new AddressBook(api, clock), (service, value) -> api
                .find(World.SERVICES, service).map(s -> addresses(s).contains(value)).orElse(false), clock);
        this.portClaims = new Claims(new PortBook(records, clock), (service, value) -> api
                .find(World.SERVICES, service).map(s -> ports(s).contains(value)).orElse(false), clock);
        this.services = api.view(World.SERVICES, Query.ALL);
        this.random = random;
        services.listen(this::changed);
        services.list().forEach(s -> changed(null, s));
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after == null ? before : after;
        if (one != null) {
            addresses.seen(one.key(), addresses(before), addresses(after));
            ports.seen(one.key(), ports(before), ports(after));
            addresses(before).stream().filter(v -> !addresses(after).contains(v))
                    .forEach(v -> addressClaims.letGo(v, one.key(), one.revision()));
            ports(before).stream().filter(v -> !ports(after).contains(v))
                    .forEach(v -> portClaims.letGo(v, one.key(), one.revision()));
        }
    }

    private static Set<String> addresses(@Nullable Obj service) {
        return service == null ? Set.of() : ServiceFields.addresses(service.spec());
    }

    private static Set<String> ports(@Nullable Obj service) {
        return service == null ? Set.of() : ServiceFields.ports(service.spec());
    }

    /// The ranges, the first being the default family's.
    List<Range> ranges() {
        return ranges;
    }

    /// The range of a family.
    Optional<Range> range(String family) {
        return ranges.stream().filter(r -> r.family().equals(family)).findFirst();
    }

    /// As in messages.
    String portRange() {
        return firstPort + "-" + lastPort;
    }

    /// Who has which address.
    Reserved addresses() {
        return addresses;
    }

    /// Who has which port, as `30080/TCP`.
    Reserved ports() {
        return ports;
    }

    /// The claims of addresses.
    Claims addressClaims() {
        return addressClaims;
    }

    /// The claims of ports, as `30080/TCP`.
    Claims portClaims() {
        return portClaims;
    }

    /// Takes an address for a service; false when another one has it. `real`: the write will be stored.
    boolean takeAddress(String ip, Key service, boolean real) {
        return taken(addresses, addressClaims, ip, service, real);
    }

    /// Takes a port, as `30080/TCP`, for a service; false when another one has it.
    boolean takePort(String port, Key service, boolean real) {
        return taken(ports, portClaims, port, service, real);
    }

    private static boolean taken(Reserved here, Claims everywhere, String value, Key service, boolean real) {
        boolean before = !here.free(value);
        if (!here.take(value, service)) {
            return false;
        }
        if (!real || before) {
            return true;
        }
        boolean claimed = false;
        try {
            claimed = everywhere.take(value, service);
        } finally {
            if (!claimed) {
                here.giveUp(Set.of(value), service);
            }
        }
        return claimed;
    }

    /// Whether a port lies in the range.
    boolean mayBe(long port) {
        return port >= firstPort && port <= lastPort;
    }

    /// A free address of a range, taken for a service; empty when there is none.
    Optional<String> address(Range range, Key service, boolean real) {
        for (int i = 0; i < TRIES && range.band() <= range.last(); i++) {
            String ip = range.at(range.band() + random.nextLong(range.last() - range.band() + 1));
            if (addresses.free(ip) && takeAddress(ip, service, real)) {
                return Optional.of(ip);
            }
        }
        for (long place = range.last(); place > 0; place--) {
            String ip = range.at(place);
            if (addresses.free(ip) && takeAddress(ip, service, real)) {
                return Optional.of(ip);
            }
        }
        return Optional.empty();
    }

    /// A free node port of a protocol, taken for a service; empty when there is none.
    Optional<Integer> port(String protocol, Key service, boolean real) {
        int size = lastPort - firstPort + 1;
        int band = Math.min(Math.max(PORT_BAND_LEAST, size / 32), Math.min(PORT_BAND_MOST, size - 1));
        int start = firstPort + band + random.nextInt(size - band);
        Set<Integer> candidates = new LinkedHashSet<>();
        for (int i = 0; i < size - band; i++) {
            candidates.add(firstPort + band + (start - firstPort - band + i) % (size - band));
        }
        for (int i = 0; i < band; i++) {
            candidates.add(firstPort + i);
        }
        for (int port : candidates) {
            String value = port + "/" + protocol;
            if (ports.free(value) && takePort(value, service, real)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    /// Ends the view.
    @Deactivate
    public void stop() {
        services.close();
    }
}
