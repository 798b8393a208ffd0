package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.ServiceFamilies;
import io.k3j.serviceaddresses.ServiceFields;
import io.k3j.serviceaddresses.SharedNodePorts;
import io.k3j.validation.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Allocates the cluster addresses and node ports of a Service. Upstream allocates between validation and storage;
/// here it is the last mutating plug-in.
@Component(service = Admission.class, property = "order:Integer=900")
public final class ServiceAllocation implements Admission {
    private static final System.Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final Allocator allocator;

    /// Allocates from `allocator`.
    @Activate
    public ServiceAllocation(@Reference Allocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public String name() {
        return "ServiceAllocation";
    }

    @Override
    public boolean handles(Write write) {
        boolean writes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return writes && WriteAttributes.of(write, "", "services") && write.subresource().isEmpty();
    }

    @Override
    public Struct admit(Write write, Struct service) {
        Key key = owner(write, service);
        Set<String> addresses = new HashSet<>();
        Set<String> ports = new HashSet<>();
        try {
            Struct spec = service.struct("spec");
            spec = ServiceFields.hasAddress(spec) ? allocateAddresses(write, spec, key, addresses) : spec;
            return service.with("spec", allocatePorts(write, spec, key, ports));
        } catch (ApiFault e) {
            release(write, service, addresses, ports);
            throw e;
        }
    }

    private static Key owner(Write write, Struct service) {
        String name = service.struct("metadata").text("name", write.key().name());
        return new Key(write.key().namespace(), name);
    }

    @Override
    public void abandoned(Write write, Struct service) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Set<String> addresses = new HashSet<>(ServiceFields.addresses(service.struct("spec")));
        Set<String> ports = new HashSet<>(ServiceFields.ports(service.struct("spec")));
        addresses.removeAll(ServiceFields.addresses(before));
        ports.removeAll(ServiceFields.ports(before));
        release(write, service, addresses, ports);
    }

    private void release(Write write, Struct service, Set<String> addresses, Set<String> ports) {
        Key key = owner(write, service);
        allocator.addresses().release(addresses, key);
        allocator.ports().release(ports, key);
        if (!write.dryRun()) {
            attempt(() -> addresses.forEach(v -> allocator.addressClaims().release(v, key)));
            attempt(() -> ports.forEach(v -> allocator.portClaims().release(v, key)));
        }
    }

    /// Runs a release; a claim that stays is found abandoned by [io.k3j.serviceaddresses.ServiceClaims#prune] later.
    private static void attempt(Runnable release) {
        try {
            release.run();
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Claim left reason={0}", e.getMessage());
        }
    }

    private Struct allocateAddresses(Write write, Struct spec, Key key, Set<String> taken) {
        ServiceFamilies choice = new ServiceFamilies(allocator.defaultFamily(), allocator::hasFamily);
        Struct s = choice.of(spec);
        boolean headless = spec.text("clusterIP").equals("None");
        List<String> given = ServiceFamilies.given(spec);
        choice.problem(s, given).ifPresent(p -> {
            throw invalid(write, key, p);
        });
        if (headless) {
            return s.with("clusterIPs", Seq.of("None"));
        }
        List<String> families = s.seq("ipFamilies").texts();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < families.size(); i++) {
            String wanted = i < given.size() ? given.get(i) : "";
            all.add(wanted.isEmpty() ? allocateAny(write, families.get(i), key)
                    : allocateChosen(write, wanted, given, key));
            taken.add(all.getLast());
        }
        return s.with("clusterIP", all.getFirst()).with("clusterIPs", all);
    }

    private String allocateAny(Write write, String family, Key key) {
        if (!allocator.hasFamily(family)) {
            throw invalid(write, key,
                    FieldProblem.invalid("spec.ipFamilies[0]", family, "not configured on this cluster"));
        }
        return allocator.allocateAnyAddress(family, key, !write.dryRun())
                .orElseThrow(() -> new ApiFault(500, "InternalError",
                        "Internal error occurred: failed to allocate a serviceIP: range is full", Struct.EMPTY));
    }

    private String allocateChosen(Write write, String wanted, List<String> given, Key key) {
        Set<String> before = write.before().map(b -> ServiceFields.addresses(b.struct("spec"))).orElse(Set.of());
        if (before.contains(wanted)) {
            return wanted;
        }
        if (!Addresses.isIp(wanted)) {
            throw invalid(write, key, FieldProblem.invalid("spec.clusterIPs[0]", wanted, Addresses.MUST_BE_IP));
        }
        // one text for each address: claims are found by it
        String ip = Cidr.text(InetAddress.ofLiteral(wanted));
        if (before.contains(ip)) {
            return ip;
        }
        Seq shown = Seq.copyOf(given);
        if (!allocator.ranges().contains(ip)) {
            throw invalid(write, key, FieldProblem.invalid("spec.clusterIPs", shown,
                    "failed to allocate IP " + ip + ": the provided network does not match the current range"));
        }
        if (!allocator.allocateAddress(ip, key, !write.dryRun())) {
            throw invalid(write, key, FieldProblem.invalid("spec.clusterIPs", shown,
                    "failed to allocate IP " + ip + ": provided IP is already allocated"));
        }
        return ip;
    }

    private Struct allocatePorts(Write write, Struct spec, Key key, Set<String> taken) {
        Struct s = usesNodePorts(spec) && !spec.seq("ports").isEmpty()
                ? spec.with("ports", nodePorts(write, spec, key, taken)) : spec;
        if (ServiceFields.hasHealthPort(spec)) {
            long number = spec.whole("healthCheckNodePort", 0);
            if (number != 0) {
                allocateGivenPort(write, key, "spec.healthCheckNodePort", number, "TCP");
            } else {
                number = anyPort(write, "TCP", key);
            }
            taken.add(number + "/TCP");
            s = s.with("healthCheckNodePort", number);
        }
        return s;
    }

    private Seq nodePorts(Write write, Struct spec, Key key, Set<String> taken) {
        Seq ports = spec.seq("ports");
        List<Object> all = new ArrayList<>(ports.stream().toList());
        SharedNodePorts shared = new SharedNodePorts(allocator.ports()::free);
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            String protocol = port.text("protocol");
            long number = port.whole("nodePort", 0);
            if (number != 0) {
                allocateGivenPort(write, key, "spec.ports[" + i + "].nodePort", number, protocol);
            } else if (ServiceFields.hasPorts(spec)) {
                number = shared.find(port)
                        .filter(n -> allocator.allocatePort(n + "/" + protocol, key, !write.dryRun()))
                        .orElseGet(() -> anyPort(write, protocol, key));
            }
            if (number != 0) {
                taken.add(number + "/" + protocol);
                shared.add(port, number);
                all.set(i, port.with("nodePort", number));
            }
        }
        return Seq.copyOf(all);
    }

    private static boolean usesNodePorts(Struct spec) {
        return spec.text("type").equals("NodePort") || spec.text("type").equals("LoadBalancer");
    }

    private long anyPort(Write write, String protocol, Key key) {
        return allocator.allocateAnyPort(protocol, key, !write.dryRun())
                .orElseThrow(() -> new ApiFault(500, "InternalError",
                        "Internal error occurred: failed to allocate a nodePort: range is full", Struct.EMPTY));
    }

    private void allocateGivenPort(Write write, Key key, String field, long port, String protocol) {
        if (!allocator.inPortRange(port)) {
            throw invalid(write, key, FieldProblem.invalid(field, port,
                    "provided port is not in the valid range. The range of valid ports is "
                            + allocator.portRangeText()));
        }
        if (!allocator.allocatePort(port + "/" + protocol, key, !write.dryRun())) {
            throw invalid(write, key, FieldProblem.invalid(field, port, "provided port is already allocated"));
        }
    }

    private static ApiFault invalid(Write write, Key key, FieldProblem problem) {
        return FieldProblem.fault(write.kind().gvk(), key.name(), List.of(problem));
    }
}
