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
import io.k3j.serviceaddresses.ChosenValues;
import io.k3j.serviceaddresses.ClaimCalls;
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

    /// All values are chosen before the first is claimed, so that the claims can be made at once. What another server
    /// turns out to have given away meanwhile is chosen anew, with all that depends on it.
    @Override
    public Struct admit(Write write, Struct service) {
        Key key = owner(write, service);
        ChosenValues addresses = allocator.chosenAddresses(key);
        ChosenValues ports = allocator.chosenPorts(key);
        while (true) {
            try {
                Struct spec = service.struct("spec");
                spec = ServiceFields.hasAddress(spec) ? allocateAddresses(write, spec, key, addresses) : spec;
                spec = allocatePorts(write, spec, key, ports);
                if (write.dryRun() || claimed(addresses, ports)) {
                    return service.with("spec", spec);
                }
            } catch (RuntimeException e) {
                giveBack(addresses, ports);
                throw e;
            }
            giveBack(addresses, ports);
        }
    }

    private static boolean claimed(ChosenValues addresses, ChosenValues ports) {
        List<Runnable> calls = new ArrayList<>(addresses.claims());
        calls.addAll(ports.claims());
        ClaimCalls.run(calls);
        boolean complete = addresses.complete();
        return ports.complete() && complete;
    }

    private static void giveBack(ChosenValues addresses, ChosenValues ports) {
        List<Runnable> calls = new ArrayList<>(addresses.giveBack());
        calls.addAll(ports.giveBack());
        attempt(calls);
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
            List<Runnable> calls = new ArrayList<>();
            addresses.forEach(v -> calls.add(() -> allocator.addressClaims().release(v, key)));
            ports.forEach(v -> calls.add(() -> allocator.portClaims().release(v, key)));
            attempt(calls);
        }
    }

    /// Runs releases; a claim that stays is found abandoned by [io.k3j.serviceaddresses.ServiceClaims#prune] later.
    private static void attempt(List<Runnable> releases) {
        try {
            ClaimCalls.run(releases);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Claim left reason={0}", e.getMessage());
        }
    }

    private Struct allocateAddresses(Write write, Struct spec, Key key, ChosenValues chosen) {
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
            all.add(wanted.isEmpty() ? anyAddress(write, families.get(i), key, chosen)
                    : givenAddress(write, wanted, given, key, chosen));
        }
        return s.with("clusterIP", all.getFirst()).with("clusterIPs", all);
    }

    private String anyAddress(Write write, String family, Key key, ChosenValues chosen) {
        if (!allocator.hasFamily(family)) {
            throw invalid(write, key,
                    FieldProblem.invalid("spec.ipFamilies[0]", family, "not configured on this cluster"));
        }
        return allocator.anyAddress(family, chosen)
                .orElseThrow(() -> new ApiFault(500, "InternalError",
                        "Internal error occurred: failed to allocate a serviceIP: range is full", Struct.EMPTY));
    }

    private String givenAddress(Write write, String wanted, List<String> given, Key key, ChosenValues chosen) {
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
        chosen.name(ip, () -> invalid(write, key, FieldProblem.invalid("spec.clusterIPs", shown,
                "failed to allocate IP " + ip + ": provided IP is already allocated")));
        return ip;
    }

    private Struct allocatePorts(Write write, Struct spec, Key key, ChosenValues chosen) {
        Struct s = usesNodePorts(spec) && !spec.seq("ports").isEmpty()
                ? spec.with("ports", nodePorts(write, spec, key, chosen)) : spec;
        if (ServiceFields.hasHealthPort(spec)) {
            long number = spec.whole("healthCheckNodePort", 0);
            if (number != 0) {
                givenPort(write, key, "spec.healthCheckNodePort", number, "TCP", chosen);
            } else {
                number = anyPort("TCP", chosen);
            }
            s = s.with("healthCheckNodePort", number);
        }
        return s;
    }

    private Seq nodePorts(Write write, Struct spec, Key key, ChosenValues chosen) {
        Seq ports = spec.seq("ports");
        List<Object> all = new ArrayList<>(ports.stream().toList());
        SharedNodePorts shared = new SharedNodePorts(chosen::free);
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            String protocol = port.text("protocol");
            long number = port.whole("nodePort", 0);
            if (number != 0) {
                givenPort(write, key, "spec.ports[" + i + "].nodePort", number, protocol, chosen);
            } else if (ServiceFields.hasPorts(spec)) {
                number = shared.find(port).filter(n -> chosen.choose(n + "/" + protocol))
                        .orElseGet(() -> anyPort(protocol, chosen));
            }
            if (number != 0) {
                shared.add(port, number);
                all.set(i, port.with("nodePort", number));
            }
        }
        return Seq.copyOf(all);
    }

    private static boolean usesNodePorts(Struct spec) {
        return spec.text("type").equals("NodePort") || spec.text("type").equals("LoadBalancer");
    }

    private long anyPort(String protocol, ChosenValues chosen) {
        return allocator.anyPort(protocol, chosen).orElseThrow(() -> new ApiFault(500, "InternalError",
                "Internal error occurred: failed to allocate a nodePort: range is full", Struct.EMPTY));
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // the port, where it stands, and who wants it
    private void givenPort(Write write, Key key, String field, long port, String protocol, ChosenValues chosen) {
        if (!allocator.inPortRange(port)) {
            throw invalid(write, key, FieldProblem.invalid(field, port,
                    "provided port is not in the valid range. The range of valid ports is "
                            + allocator.portRangeText()));
        }
        chosen.name(port + "/" + protocol, () -> invalid(write, key,
                FieldProblem.invalid(field, port, "provided port is already allocated")));
    }

    private static ApiFault invalid(Write write, Key key, FieldProblem problem) {
        return FieldProblem.fault(write.kind().gvk(), key.name(), List.of(problem));
    }
}
