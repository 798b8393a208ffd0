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
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Allocates the cluster addresses and node ports of a Service. Upstream allocates between validation and storage;
/// here it is the last mutating plug-in.
@Component(service = Admission.class, property = "order:Integer=900")
public final class ServiceAllocation implements Admission {
    private static final System.Logger LOG = System.getLogger("io.k3j.admissioncore");
    /// Of which node ports are allocated. Validation refuses any other one afterwards, and each would have a range of
    /// ports of its own until then, so that a body decides how many claims are made.
    private static final Set<String> PROTOCOLS = Set.of("", "TCP", "UDP", "SCTP");
    private static final String HEALTH = "healthCheckNodePort";
    private final Allocator allocator;

    /// What one write chooses.
    private record Chosen(ChosenValues addresses, ChosenValues ports) {
        /// Addresses before node ports, in every write: who is refused then has met one that has come further.
        List<Runnable> calls(Function<ChosenValues, List<Runnable>> of) {
            List<Runnable> all = new ArrayList<>(of.apply(addresses));
            all.addAll(of.apply(ports));
            return all;
        }

        /// Claims all; whether nothing that was drawn is another Service's.
        boolean claimed(ClaimCalls by) {
            by.run(calls(ChosenValues::namedClaims), calls(ChosenValues::drawnClaims));
            return addresses.complete() && ports.complete();
        }
    }

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

    /// All values are chosen before the first is claimed, so that claims can be made at once. What was drawn and
    /// another server turns out to have given away meanwhile is drawn anew, with all that depends on it; what is named
    /// stays claimed meanwhile, so that nobody who was refused because of it was refused in vain.
    @Override
    public Struct admit(Write write, Struct service) {
        Key key = owner(write, service);
        Chosen chosen = chosen(write, key);
        while (true) {
            try {
                Struct spec = service.struct("spec");
                spec = ServiceFields.hasAddress(spec) ? allocateAddresses(write, spec, key, chosen.addresses) : spec;
                spec = allocatePorts(write, spec, key, chosen.ports);
                if (write.dryRun() || chosen.claimed(allocator.calls())) {
                    return service.with("spec", spec);
                }
            } catch (RuntimeException e) {
                attempt(chosen.calls(ChosenValues::giveBack));
                throw e;
            }
            attempt(chosen.calls(ChosenValues::giveBackDrawn));
        }
    }

    /// The same whenever the plug-in is asked of one write, so that it gives back what it has taken for that one.
    private Chosen chosen(Write write, Key key) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        return (Chosen) write.context().notes().computeIfAbsent(this,
                _ -> new Chosen(allocator.chosenAddresses(key, ServiceFields.addresses(before)),
                        allocator.chosenPorts(key, ServiceFields.ports(before))));
    }

    private static Key owner(Write write, Struct service) {
        String name = service.struct("metadata").text("name", write.key().name());
        return new Key(write.key().namespace(), name);
    }

    @Override
    public void abandoned(Write write, Struct service) {
        if (write.context().notes().remove(this) instanceof Chosen chosen) {
            attempt(chosen.calls(ChosenValues::giveBack));
        }
    }

    /// Runs releases; a claim that stays is found abandoned by [io.k3j.serviceaddresses.ServiceClaims#prune] later.
    private void attempt(List<Runnable> releases) {
        try {
            allocator.calls().run(releases);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Claim left reason={0}", e.getMessage());
        }
    }

    private Struct allocateAddresses(Write write, Struct spec, Key key, ChosenValues chosen) {
        ServiceFamilies choice = new ServiceFamilies(allocator.defaultFamily(), allocator::hasFamily);
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        boolean settled = ServiceFamilies.settled(before, spec);
        List<FieldProblem> wrong = settled ? List.of() : choice.problems(before, spec);
        if (!wrong.isEmpty()) {
            throw FieldProblem.fault(write.kind().gvk(), key.name(), wrong);
        }
        Struct s = settled ? spec : choice.of(spec);
        List<String> given = ServiceFamilies.given(spec);
        if (spec.text("clusterIP").equals("None")) {
            return s.with("clusterIPs", Seq.of("None"));
        }
        List<String> families = s.seq("ipFamilies").texts();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < families.size(); i++) {
            String wanted = i < given.size() ? given.get(i) : "";
            all.add(wanted.isEmpty() ? "" : givenAddress(write, wanted, given, key, chosen));
        }
        chosen.takeNamed();
        for (int i = 0; i < families.size(); i++) {
            if (all.get(i).isEmpty()) {
                all.set(i, anyAddress(write, families.get(i), key, chosen));
            }
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
        if (chosen.keeps(wanted)) {
            return wanted;
        }
        // one text for each address: claims are found by it
        String ip = Cidr.text(InetAddress.ofLiteral(wanted));
        if (chosen.keeps(ip)) {
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
        givenPorts(write, spec, key, chosen);
        Struct s = usesNodePorts(spec) && !spec.seq("ports").isEmpty()
                ? spec.with("ports", nodePorts(spec, chosen)) : spec;
        if (ServiceFields.hasHealthPort(spec)) {
            long number = spec.whole(HEALTH, 0);
            s = s.with(HEALTH, number != 0 ? number : anyPort("TCP", chosen));
        }
        return s;
    }

    /// All before any is drawn: none is drawn for one port that a later one names.
    private void givenPorts(Write write, Struct spec, Key key, ChosenValues chosen) {
        Seq ports = usesNodePorts(spec) ? spec.seq("ports") : Seq.EMPTY;
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            long number = port.whole("nodePort", 0);
            if (number != 0 && PROTOCOLS.contains(port.text("protocol"))) {
                givenPort(write, key, "spec.ports[" + i + "].nodePort", number, port.text("protocol"), chosen);
            }
        }
        long health = spec.whole(HEALTH, 0);
        if (health != 0 && ServiceFields.hasHealthPort(spec)) {
            givenPort(write, key, "spec." + HEALTH, health, "TCP", chosen);
            healthPortAlone(write, key, ports, health);
        }
        chosen.takeNamed();
    }

    /// A claim is a Service's, which may not use one port for both all the same: kube-proxy answers health checks
    /// there. The new one of both is refused; what was stored with both keeps them.
    private static void healthPortAlone(Write write, Key key, Seq ports, long health) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        boolean checked = ServiceFields.hasHealthPort(before) && before.whole(HEALTH, 0) == health;
        boolean served = before.seq("ports").structs().stream().anyMatch(port -> isAt(port, health));
        for (int i = 0; i < ports.size() && !(checked && served); i++) {
            if (isAt(ports.struct(i), health)) {
                throw allocated(write, key, checked ? "spec.ports[" + i + "].nodePort" : "spec." + HEALTH, health);
            }
        }
    }

    private static boolean isAt(Struct port, long number) {
        return port.whole("nodePort", 0) == number && port.text("protocol", "TCP").equals("TCP");
    }

    private Seq nodePorts(Struct spec, ChosenValues chosen) {
        Seq ports = spec.seq("ports");
        List<Object> all = new ArrayList<>(ports.stream().toList());
        SharedNodePorts shared = new SharedNodePorts(chosen::free);
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            String protocol = port.text("protocol");
            long number = port.whole("nodePort", 0);
            if (number == 0 && PROTOCOLS.contains(protocol) && ServiceFields.hasPorts(spec)) {
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
        String value = port + "/" + protocol;
        if (chosen.keeps(value)) {
            return;
        }
        if (!allocator.inPortRange(port)) {
            throw invalid(write, key, FieldProblem.invalid(field, port,
                    "provided port is not in the valid range. The range of valid ports is "
                            + allocator.portRangeText()));
        }
        chosen.name(value, () -> allocated(write, key, field, port));
    }

    private static ApiFault allocated(Write write, Key key, String field, long port) {
        return invalid(write, key, FieldProblem.invalid(field, port, "provided port is already allocated"));
    }

    private static ApiFault invalid(Write write, Key key, FieldProblem problem) {
        return FieldProblem.fault(write.kind().gvk(), key.name(), List.of(problem));
    }
}
