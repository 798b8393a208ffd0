package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/// APIServices. One without a Service is served here, and available from the moment it is made.
final class ApiServiceRules implements KindRules {
    private static final int HIGHEST_GROUP = 20_000;
    private static final int HIGHEST_VERSION = 1000;
    private static final List<String> STATUSES = List.of("True", "False", "Unknown");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, "service", v -> Fill.in(v, "port", 443L)));
    }

    @Override
    public Struct prepared(Write write, Struct o) {
        if (write.of("status")) {
            return kept(write.before().orElse(Struct.EMPTY).struct("metadata"), o);
        }
        if (write.operation() != Operation.CREATE || o.struct("spec").has("service")) {
            return o;
        }
        return o.with("status", Struct.of("conditions", Seq.of(Struct.of("type", "Available", "status", "True",
                "lastTransitionTime", o.struct("metadata").text("creationTimestamp"), "reason", "Local", "message",
                "Local APIServices are always available"))));
    }

    /// Who says how an APIService is, says nothing else of it.
    private static Struct kept(Struct before, Struct o) {
        Struct metadata = o.struct("metadata");
        for (String field : List.of("labels", "annotations", "finalizers", "ownerReferences")) {
            Object old = before.get(field);
            if (!Objects.equals(old, metadata.get(field))) {
                metadata = old == null ? metadata.without(field) : metadata.with(field, old);
            }
        }
        return o.with("metadata", metadata);
    }

    /// That of the core group ends in a dot.
    @Override
    public List<String> name(String name) {
        return Names.pathSegment(name);
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.of("status")) {
            conditions(o, p.at("status"));
            return;
        }
        Struct spec = o.struct("spec");
        String wanted = spec.text("version") + "." + spec.text("group");
        String name = o.struct("metadata").text("name");
        if (!name.equals(wanted)) {
            p.at("metadata").at("name").invalid(name, "must be `spec.version+\".\"+spec.group`: \"" + wanted + "\"");
        }
        version(spec, p.at("spec"));
        within(spec, "groupPriorityMinimum", HIGHEST_GROUP, p.at("spec"));
        within(spec, "versionPriority", HIGHEST_VERSION, p.at("spec"));
        server(spec, p.at("spec"));
    }

    private static void version(Struct spec, Problems p) {
        String group = spec.text("group");
        if (group.isEmpty() && !spec.text("version").equals("v1")) {
            p.at("group").required("only v1 may have an empty group and it better be legacy kube");
        } else if (!group.isEmpty()) {
            p.at("group").invalid(group, Names.subdomain(group));
        }
        p.at("version").invalid(spec.text("version"), Names.label1035(spec.text("version")));
    }

    private static void within(Struct spec, String field, int highest, Problems p) {
        long priority = spec.whole(field, 0);
        if (priority <= 0 || priority > highest) {
            p.at(field).invalid(priority, "must be positive and less than " + highest);
        }
    }

    private static void server(Struct spec, Problems p) {
        boolean insecure = spec.flag("insecureSkipTLSVerify");
        String bundle = spec.text("caBundle");
        if (!spec.has("service")) {
            if (!bundle.isEmpty()) {
                p.at("caBundle").invalid(Base64.getMimeDecoder().decode(bundle).length + " bytes",
                        "local APIServices may not have a caBundle");
            }
            if (insecure) {
                p.at("insecureSkipTLSVerify").invalid(true, "local APIServices may not have insecureSkipTLSVerify");
            }
            return;
        }
        Struct service = spec.struct("service");
        for (String field : List.of("namespace", "name")) {
            if (service.text(field).isEmpty()) {
                p.at("service").at(field).required("");
            }
        }
        long port = service.whole("port", 0);
        if (!Names.portNumber(port).isEmpty()) {
            p.at("service").at("port").invalid(port, "port is not valid: "
                    + String.join(", ", Names.portNumber(port)));
        }
        if (insecure && !bundle.isEmpty()) {
            p.at("insecureSkipTLSVerify").invalid(true, "may not be true if caBundle is present");
        }
    }

    private static void conditions(Struct o, Problems p) {
        List<Struct> all = o.struct("status").seq("conditions").structs();
        for (int i = 0; i < all.size(); i++) {
            String status = all.get(i).text("status");
            if (!STATUSES.contains(status)) {
                p.at("conditions", i).at("status").unsupported(status, STATUSES);
            }
        }
    }
}
