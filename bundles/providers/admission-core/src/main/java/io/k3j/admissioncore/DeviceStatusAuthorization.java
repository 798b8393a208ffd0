package io.k3j.admissioncore;

import io.k3j.admissionkit.SubjectAccess;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Asks for rights to the parts of a ResourceClaim's status, as upstream's strategy: who gives devices and reserves
/// them (`resourceclaims/binding`), and who tells something of a driver's devices (`resourceclaims/driver`, by the
/// driver's name; for a driver on the claim's own node the verb `associated-node:update` is enough). Whether a write is
/// an update or a patch is not known here: the right to one of them will do, as `resourceclaims/status` was asked for
/// before. See
/// <https://kubernetes.io/docs/concepts/security/hardening-guide/dynamic-resource-allocation/>.
@Component(service = Admission.class, property = "order:Integer=327")
public final class DeviceStatusAuthorization implements Admission {
    private static final String GROUP = "resource.k8s.io";
    private static final String ALLOCATION = "allocation";
    private static final String RESERVED = "reservedFor";
    private static final String DEVICES = "devices";
    private static final String STATUS = "status";
    private static final String NODE_NAME = "authentication.kubernetes.io/node-name";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String ANY_NODE = "arbitrary-node:";
    private static final String OWN_NODE = "associated-node:";
    private static final List<String> VERBS = List.of("update", "patch");
    private final Listers listers;

    /// Asks by the client of the views.
    @Activate
    public DeviceStatusAuthorization(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "DeviceStatusAuthorization";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && write.of(STATUS)
                && WriteAttributes.of(write, GROUP, "resourceclaims");
    }

    @Override
    public void validate(Write write, Struct object) {
        Struct before = write.before().orElse(Struct.EMPTY).struct(STATUS);
        Struct now = object.struct(STATUS);
        List<FieldProblem> problems = new ArrayList<>();
        if (!Objects.equals(before.get(ALLOCATION), now.get(ALLOCATION))
                || !before.seq(RESERVED).equals(now.seq(RESERVED))) {
            binding(write, problems);
        }
        Set<String> drivers = changed(before, now);
        if (!drivers.isEmpty()) {
            List<String> prefixes = local(write.caller(), now.struct(ALLOCATION)) ? List.of(OWN_NODE, ANY_NODE)
                    : List.of(ANY_NODE);
            drivers.forEach(driver -> driver(write, driver, prefixes, problems));
        }
        if (!problems.isEmpty()) {
            throw FieldProblem.fault(write.kind().gvk(), write.key().name(), problems);
        }
    }

    private void binding(Write write, List<FieldProblem> problems) {
        if (VERBS.stream().noneMatch(verb -> allowed(write, verb, "binding", "", ""))) {
            problems.add(FieldProblem.forbidden(STATUS, "changing status.allocation or status.reservedFor requires"
                    + " resource=\"resourceclaims/binding\", verb=\"update\" permission: "
                    + cannot(write, "update", "binding") + " at the cluster scope"));
        }
    }

    private void driver(Write write, String driver, List<String> prefixes, List<FieldProblem> problems) {
        String namespace = write.key().namespace();
        boolean may = prefixes.stream().flatMap(prefix -> VERBS.stream().map(prefix::concat))
                .anyMatch(verb -> allowed(write, verb, "driver", namespace, driver));
        if (!may) {
            List<String> verbs = prefixes.stream().map(prefix -> prefix + "update").toList();
            problems.add(FieldProblem.forbidden("status.devices", "changing status.devices requires"
                    + " resource=\"resourceclaims/driver\", verb=\"" + verbs + "\" permission: resourceclaims \""
                    + driver + "\" is forbidden: " + cannot(write, verbs.getFirst(), "driver")
                    + " in the namespace \"" + namespace + "\""));
        }
    }

    private static String cannot(Write write, String verb, String part) {
        return "User \"" + write.caller().user() + "\" cannot " + verb + " resource \"resourceclaims/" + part
                + "\" in API group \"" + GROUP + "\"";
    }

    private boolean allowed(Write write, String verb, String part, String namespace, String name) {
        Struct attributes = Struct.builder().put("verb", verb).putUnlessEmpty("namespace", namespace)
                .put("group", GROUP).put("version", write.kind().gvr().version()).put("resource", "resourceclaims")
                .put("subresource", part).putUnlessEmpty("name", name).build();
        return SubjectAccess.review(listers.api(), write.caller(), attributes).flag("allowed");
    }

    /// The drivers of whose devices something else is told than before. What goes with the devices themselves is the
    /// affair of who gives them.
    private static Set<String> changed(Struct before, Struct now) {
        Seq was = before.seq(DEVICES);
        Seq is = now.seq(DEVICES);
        Set<String> left = results(now);
        Set<String> given = results(before);
        Set<String> drivers = new TreeSet<>();
        is.structs().stream().filter(d -> !was.contains(d)).forEach(d -> drivers.add(d.text("driver")));
        was.structs().stream().filter(d -> !is.contains(d))
                .filter(d -> left.contains(device(d)) || !given.contains(device(d)))
                .forEach(d -> drivers.add(d.text("driver")));
        return drivers;
    }

    private static Set<String> results(Struct status) {
        Set<String> results = new HashSet<>();
        status.struct(ALLOCATION).struct(DEVICES).seq("results").structs().forEach(r -> results.add(device(r)));
        return results;
    }

    private static String device(Struct of) {
        return of.text("driver") + "/" + of.text("pool") + "/" + of.text("device");
    }

    /// Whether the caller is a ServiceAccount whose token says that it is used on the only node of a claim's devices.
    private static boolean local(Caller caller, Struct allocation) {
        List<String> nodes = caller.extra().getOrDefault(NODE_NAME, List.of());
        Seq terms = allocation.struct("nodeSelector").seq("nodeSelectorTerms");
        if (!caller.user().startsWith(SERVICE_ACCOUNT) || nodes.size() != 1 || terms.size() != 1) {
            return false;
        }
        Seq fields = terms.struct(0).seq("matchFields");
        return terms.struct(0).seq("matchExpressions").isEmpty() && fields.size() == 1
                && fields.struct(0).text("key").equals("metadata.name")
                && fields.struct(0).text("operator").equals("In")
                && fields.struct(0).seq("values").texts().equals(nodes);
    }
}
