package io.k3j.admissioncore;

import io.k3j.clientapi.View;
import io.k3j.clientapi.Query;
import io.k3j.model.Key;
import io.k3j.model.Obj;
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

/// Service addresses and node ports: who has which, learnt from the view of services. For any thread.
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

    /// Begins to follow the services.
    /// @throws IllegalArgumentException naming the flag that makes no sense
    @Activate
    public Allocator(Settings settings, @Reference World world) {
        this(settings.serviceCidr(), settings.serviceNodePortRange(), world.api().view(World.SERVICES, Query.ALL),
                RandomGenerator.getDefault());
    }

    Allocator(String cidrs, String portRange, View services, RandomGenerator random) {
        this.ranges = List.of(cidrs.split(",")).stream().map(Range::parse).toList();
        int dash = portRange.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("--service-node-port-range is no range: " + portRange);
        }
        this.firstPort = Integer.parseInt(portRange.substring(0, dash).trim());
        this.lastPort = Integer.parseInt(portRange.substring(dash + 1).trim());
        this.services = services;
        this.random = random;
        services.listen(this::changed);
        services.list().forEach(s -> changed(null, s));
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after == null ? before : after;
        if (one != null) {
            addresses.seen(one.key(), addresses(before), addresses(after));
            ports.seen(one.key(), ports(before), ports(after));
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

    /// Whether a port lies in the range.
    boolean mayBe(long port) {
        return port >= firstPort && port <= lastPort;
    }

    /// A free address of a range, taken for a service; empty when there is none.
    Optional<String> address(Range range, Key service) {
        for (int i = 0; i < TRIES && range.band() <= range.last(); i++) {
            String ip = range.at(range.band() + random.nextLong(range.last() - range.band() + 1));
            if (addresses.free(ip) && addresses.take(ip, service)) {
                return Optional.of(ip);
            }
        }
        for (long place = range.last(); place > 0; place--) {
            String ip = range.at(place);
            if (addresses.free(ip) && addresses.take(ip, service)) {
                return Optional.of(ip);
            }
        }
        return Optional.empty();
    }

    /// A free node port for all of `protocols`, taken for a service; empty when there is none.
    Optional<Integer> port(Set<String> protocols, Key service) {
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
            if (takePort(port, protocols, service)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    private boolean takePort(int port, Set<String> protocols, Key service) {
        synchronized (ports) {
            for (String protocol : protocols) {
                if (!ports.free(port + "/" + protocol)) {
                    return false;
                }
            }
            protocols.forEach(p -> ports.take(port + "/" + p, service));
            return true;
        }
    }

    /// Ends the view.
    @Deactivate
    public void stop() {
        services.close();
    }
}
