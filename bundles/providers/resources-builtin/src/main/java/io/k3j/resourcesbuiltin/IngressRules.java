package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Rules of Ingresses: upstream's `ValidateIngressSpec` with its messages. What an object already had wrong in the name
/// of a Secret, behind a wildcard or in its status stays allowed. See
/// <https://kubernetes.io/docs/concepts/services-networking/ingress/>.
final class IngressRules implements KindRules {
    private static final List<String> NEVER_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> NEVER_AT_THE_END = List.of("/..", "/.");
    private static final List<String> TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");
    private static final String NO_ADDRESS = "must be a DNS name, not an IP address";
    private static final String CLASS = "kubernetes.io/ingress.class";

    @Override
    public List<String> warnings(Write write, Struct o) {
        if (write.of("status")) {
            return AddressProblems.balancerWarnings(o);
        }
        boolean old = write.operation() == Operation.CREATE && o.struct("metadata").struct("annotations").has(CLASS)
                && !o.struct("spec").has("ingressClassName");
        return old ? List.of("annotation \"" + CLASS + "\" is deprecated, please use 'spec.ingressClassName' instead")
                : List.of();
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.of("status")) {
            status(ingress(before), ingress(o), problems.at("status.loadBalancer"));
            return;
        }
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        Seq rules = spec.seq("rules");
        if (rules.isEmpty() && !spec.has("defaultBackend")) {
            p.invalid(rules, "either `defaultBackend` or `rules` must be specified");
        }
        if (spec.has("defaultBackend")) {
            backend(spec.struct("defaultBackend"), p.at("defaultBackend"));
        }
        boolean oldRules = wildcardsAreWrong(before.struct("spec").seq("rules"));
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.struct(i), oldRules, p.at("rules", i));
        }
        boolean oldNames = secretsAreWrong(before.struct("spec"));
        for (int i = 0; i < spec.seq("tls").size(); i++) {
            tls(spec.seq("tls").struct(i), oldNames, p.at("tls", i));
        }
        className(write, o, problems);
    }

    private static Seq ingress(Struct o) {
        return o.struct("status").struct("loadBalancer").seq("ingress");
    }

    private static void status(Seq before, Seq now, Problems p) {
        Set<String> known = before.structs().stream().map(b -> b.text("ip")).collect(Collectors.toSet());
        for (int i = 0; i < now.size() && !p.full(); i++) {
            String ip = now.struct(i).text("ip");
            if (!ip.isEmpty() && !known.contains(ip)) {
                p.at("ingress", i).at("ip").invalid(ip, AddressProblems.legacyIp(ip));
            }
            String host = now.struct(i).text("hostname");
            Problems at = p.at("ingress", i).at("hostname");
            if (!host.isEmpty()) {
                at.invalid(host, Names.subdomain(host));
                if (Addresses.isSloppy(host)) {
                    at.invalid(host, NO_ADDRESS);
                }
            }
        }
    }

    private static void className(Write write, Struct o, Problems problems) {
        String name = o.struct("spec").text("ingressClassName");
        if (!o.struct("spec").has("ingressClassName")) {
            return;
        }
        problems.at("spec").at("ingressClassName").invalid(name, Names.subdomain(name));
        Struct annotations = o.struct("metadata").struct("annotations");
        if (write.operation() == Operation.CREATE && annotations.has(CLASS) && !annotations.text(CLASS).equals(name)) {
            problems.at("annotations").at(CLASS).invalid(annotations.text(CLASS),
                    "must match `ingressClassName` when both are specified");
        }
    }

    private static boolean secretsAreWrong(Struct spec) {
        return spec.seq("tls").structs().stream().map(t -> t.text("secretName"))
                .anyMatch(name -> !name.isEmpty() && !Names.subdomain(name).isEmpty());
    }

    private static void tls(Struct tls, boolean oldNames, Problems p) {
        Seq hosts = tls.seq("hosts");
        for (int i = 0; i < hosts.size(); i++) {
            host(hosts.text(i), p.at("hosts", i));
        }
        String secret = tls.text("secretName");
        if (!secret.isEmpty() && !oldNames) {
            p.at("secretName").invalid(secret, Names.subdomain(secret));
        }
    }

    private static void host(String host, Problems p) {
        p.invalid(host, host.contains("*") ? Names.wildcard(host) : Names.subdomain(host));
    }

    private static boolean wildcardsAreWrong(Seq rules) {
        Problems problems = Problems.none();
        rules.structs().stream().filter(r -> r.text("host").contains("*")).forEach(r -> paths(r, problems));
        return !problems.found().isEmpty();
    }

    private static void rule(Struct rule, boolean oldWildcards, Problems p) {
        String host = rule.text("host");
        if (!host.isEmpty()) {
            if (Addresses.isSloppy(host)) {
                p.at("host").invalid(host, NO_ADDRESS);
            }
            host(host, p.at("host"));
        }
        if (!oldWildcards || !host.contains("*")) {
            paths(rule, p);
        }
    }

    private static void paths(Struct rule, Problems p) {
        Seq paths = rule.struct("http").seq("paths");
        if (rule.has("http") && paths.isEmpty()) {
            p.at("http").at("paths").required("");
        }
        for (int i = 0; i < paths.size(); i++) {
            path(paths.struct(i), p.at("http").at("paths", i));
        }
    }

    private static void path(Struct path, Problems p) {
        String type = path.text("pathType");
        String text = path.text("path");
        if (type.isEmpty()) {
            p.at("pathType").required("pathType must be specified");
            return;
        }
        p.oneOf(path, "pathType", TYPES);
        boolean literal = type.equals("Exact") || type.equals("Prefix");
        if (TYPES.contains(type) && !text.startsWith("/") && (literal || !text.isEmpty())) {
            p.at("path").invalid(text, "must be an absolute path");
        }
        if (literal) {
            NEVER_IN_PATHS.stream().filter(text::contains)
                    .forEach(never -> p.at("path").invalid(text, "must not contain '" + never + "'"));
            NEVER_AT_THE_END.stream().filter(text::endsWith)
                    .forEach(never -> p.at("path").invalid(text, "cannot end with '" + never + "'"));
        }
        backend(path.struct("backend"), p.at("backend"));
    }

    private static void backend(Struct backend, Problems p) {
        if (backend.has("resource") && backend.has("service")) {
            p.invalid("", "cannot set both resource and service backends");
        } else if (backend.has("service")) {
            service(backend.struct("service"), p);
        } else if (backend.has("resource")) {
            IngressClassRules.object(backend.struct("resource"), p.at("resource"));
        } else {
            p.invalid("", "resource or service backend is required");
        }
    }

    private static void service(Struct service, Problems p) {
        if (p.at("service").present(service, "name")) {
            p.at("service").at("name").invalid(service.text("name"), Names.label(service.text("name")));
        }
        String name = service.struct("port").text("name");
        long number = service.struct("port").whole("number", 0);
        Problems port = p.at("service").at("port");
        if (!name.isEmpty() && number != 0) {
            p.invalid("", "cannot set both port name & port number");
        } else if (!name.isEmpty()) {
            port.at("name").invalid(name, Names.portName(name));
        } else if (number != 0) {
            port.at("number").invalid(number, Names.portNumber(number));
        } else {
            p.required("port name or number is required");
        }
    }
}
