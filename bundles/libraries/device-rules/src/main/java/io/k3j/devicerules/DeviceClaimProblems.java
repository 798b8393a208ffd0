package io.k3j.devicerules;

import io.k3j.apimachinery.Names;
import io.k3j.codec.Json;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with what a claim asks for, as upstream's `validateDeviceClaim`. Any thread.
final class DeviceClaimProblems {
    /// Upstream's `DeviceRequestsMaxSize`, `DeviceConstraintsMaxSize` and `DeviceConfigMaxSize`.
    static final int MOST = 32;
    private static final int MOST_ALTERNATIVES = 8;
    private static final int MOST_TOLERATIONS = 16;
    /// Upstream's `OpaqueParametersMaxLength`, in bytes.
    private static final int LONGEST_PARAMETERS = 10 * 1024;
    private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
    private static final List<String> MODES = List.of("All", "ExactCount");
    private static final String NO_REQUEST = "must be the name of a request in the claim or the name of a request and a"
            + " subrequest separated by '/'";
    private static final String ALTERNATIVES = "firstAvailable";
    private static final String EXACTLY = "exactly";
    private static final String REQUESTS = "requests";
    private static final String MATCH = "matchAttribute";
    private static final String DISTINCT = "distinctAttribute";
    private final DeviceSelectorProblems selectors;

    DeviceClaimProblems(DeviceSelectorProblems selectors) {
        this.selectors = selectors;
    }

    /// Checks the field `devices` of a claim's spec.
    /// @param p where it stands
    void check(Struct devices, Problems p) {
        Set<String> names = names(devices);
        DeviceLists.each(devices, REQUESTS, MOST, p, this::request);
        DeviceLists.unique(devices, REQUESTS, MOST, p, r -> r.text("name"));
        DeviceLists.each(devices, "constraints", MOST, p, (c, at) -> constraint(c, at, names));
        DeviceLists.each(devices, "config", MOST, p, (c, at) -> {
            references(c, at, names);
            configuration(c, at, false);
        });
    }

    /// By which names requests and their alternatives (`request/alternative`) are referred to.
    static Set<String> names(Struct devices) {
        Set<String> names = new HashSet<>();
        for (Struct request : devices.seq(REQUESTS).structs()) {
            String name = request.text("name");
            names.add(name);
            request.seq(ALTERNATIVES).structs().forEach(a -> names.add(name + "/" + a.text("name")));
        }
        return names;
    }

    private void request(Struct request, Problems p) {
        DeviceNames.label(request.text("name"), p.at("name"));
        boolean alternatives = !request.seq(ALTERNATIVES).isEmpty();
        boolean exactly = request.has(EXACTLY);
        if (alternatives && exactly) {
            p.invalid(Null.NULL, "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are"
                    + " set");
        } else if (exactly) {
            devices(request.struct(EXACTLY), p.at(EXACTLY));
        } else if (alternatives) {
            DeviceLists.each(request, ALTERNATIVES, MOST_ALTERNATIVES, p, (alternative, at) -> {
                DeviceNames.label(alternative.text("name"), at.at("name"));
                devices(alternative, at);
            });
            DeviceLists.unique(request, ALTERNATIVES, MOST_ALTERNATIVES, p, a -> a.text("name"));
        } else {
            p.required("exactly one of `exactly` or `firstAvailable` is required");
        }
    }

    private void devices(Struct request, Problems p) {
        String deviceClass = request.text("deviceClassName");
        if (p.present(request, "deviceClassName")) {
            p.at("deviceClassName").invalid(deviceClass, Names.subdomain(deviceClass));
        }
        selectors.check(request, p, false);
        mode(request, p);
        DeviceLists.each(request, "tolerations", MOST_TOLERATIONS, p, DeviceClaimProblems::toleration);
        Struct wanted = request.struct("capacity").struct(REQUESTS);
        Problems at = p.at("capacity").at(REQUESTS);
        wanted.forEach((name, amount) -> {
            DeviceNames.qualified(name, at);
            at.quantity(wanted, name);
        });
    }

    private static void mode(Struct request, Problems p) {
        long count = request.whole("count", 0);
        switch (request.text("allocationMode")) {
            case "All" -> {
                if (count != 0) {
                    p.at("count").invalid(count, "must not be specified when allocationMode is 'All'");
                }
            }
            case "ExactCount" -> {
                if (count <= 0) {
                    p.at("count").invalid(count, "must be greater than zero");
                }
            }
            default -> p.at("allocationMode").unsupported(request.text("allocationMode"), MODES);
        }
    }

    static void toleration(Struct toleration, Problems p) {
        String key = toleration.text("key");
        String value = toleration.text("value");
        if (!key.isEmpty()) {
            p.at("key").invalid(key, Names.qualified(key));
        }
        switch (toleration.text("operator")) {
            case "Exists" -> {
                if (!value.isEmpty()) {
                    p.at("value").invalid(value, "must be empty for operator `Exists`");
                }
            }
            case "Equal" -> p.at("value").invalid(value, Names.labelValue(value));
            case "" -> p.at("operator").required("");
            default -> p.oneOf(toleration, "operator", List.of("Equal", "Exists"));
        }
        p.oneOf(toleration, "effect", EFFECTS);
    }

    static void taint(Struct taint, Problems p) {
        p.at("key").invalid(taint.text("key"), Names.qualified(taint.text("key")));
        p.at("value").invalid(taint.text("value"), Names.labelValue(taint.text("value")));
        p.requiredOneOf(taint, "effect", EFFECTS);
    }

    private static void constraint(Struct constraint, Problems p, Set<String> names) {
        references(constraint, p, names);
        if (constraint.has(MATCH) && constraint.has(DISTINCT)) {
            p.invalid(Null.NULL, "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple"
                    + " fields are set");
        } else if (constraint.has(MATCH)) {
            DeviceNames.fullyQualified(constraint.text(MATCH), p.at(MATCH));
        } else if (constraint.has(DISTINCT)) {
            DeviceNames.fullyQualified(constraint.text(DISTINCT), p.at(DISTINCT));
        } else {
            p.required("exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields"
                    + " are set");
        }
    }

    /// Checks the field `requests` of what applies to some of them.
    static void references(Struct of, Problems p, Set<String> names) {
        DeviceLists.texts(of, REQUESTS, MOST, p, (name, at) -> reference(name, at, names));
        DeviceLists.unique(of, REQUESTS, MOST, p);
    }

    static void reference(String name, Problems p, Set<String> names) {
        String[] parts = name.split("/", -1);
        for (String part : parts.length > 2 ? new String[0] : parts) {
            DeviceNames.label(part, p);
        }
        if (!names.contains(name)) {
            p.invalid(name, NO_REQUEST);
        }
    }

    /// Checks the configuration of a driver that stands at `p`.
    ///
    /// @param stored whether it is as it was
    static void configuration(Struct config, Problems p, boolean stored) {
        if (!config.has("opaque")) {
            p.at("opaque").required("");
            return;
        }
        Problems at = p.at("opaque");
        CsiProblems.driverName(config.struct("opaque").text("driver"), at.at("driver"));
        json(config.struct("opaque"), "parameters", at, stored ? Integer.MAX_VALUE : LONGEST_PARAMETERS);
    }

    /// Checks a field that holds what somebody else understands.
    ///
    /// @param longest in bytes
    static void json(Struct of, String field, Problems p, int longest) {
        Object value = of.get(field);
        if (value == null || value == Null.NULL) {
            p.at(field).required("");
        } else if (!(value instanceof Struct)) {
            p.at(field).invalid("<value omitted>", "must be a valid JSON object");
        } else if (Json.bytes(value).length > longest) {
            p.at(field).tooLong(longest);
        }
    }
}
