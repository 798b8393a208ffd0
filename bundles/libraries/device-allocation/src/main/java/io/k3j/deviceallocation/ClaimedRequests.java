package io.k3j.deviceallocation;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What one claim asks for: for each request its alternatives, the one that is wanted most first. Immutable.
///
/// @param claim without an allocation
public record ClaimedRequests(Obj claim, List<List<DeviceRequest>> requests) {
    private static final String ALTERNATIVES = "firstAvailable";

    /// Reads those of a claim.
    ///
    /// @param classes the DeviceClass of a name
    /// @throws IllegalArgumentException for a class that is not there, in upstream's words
    public static ClaimedRequests of(Obj claim, Function<String, Optional<Obj>> classes) {
        List<List<DeviceRequest>> all = new ArrayList<>();
        for (Struct request : claim.spec().struct("devices").seq("requests").structs()) {
            String name = request.text("name");
            List<DeviceRequest> alternatives = new ArrayList<>();
            if (request.has("exactly")) {
                alternatives.add(made(name, name, request.struct("exactly"), classes));
            }
            for (Struct alternative : request.seq(ALTERNATIVES).structs()) {
                alternatives.add(made(name + "/" + alternative.text("name"), name, alternative, classes));
            }
            if (alternatives.isEmpty()) {
                throw new IllegalArgumentException("claim " + claim.key() + ", request " + name
                        + ": unknown request type; write `exactly` or `firstAvailable`");
            }
            all.add(List.copyOf(alternatives));
        }
        return new ClaimedRequests(claim, List.copyOf(all));
    }

    private static DeviceRequest made(String name, String parent, Struct spec,
            Function<String, Optional<Obj>> classes) {
        String deviceClass = spec.text("deviceClassName");
        Obj found = classes.apply(deviceClass).orElseThrow(() -> new IllegalArgumentException(
                "request " + name + ": device class " + deviceClass + " does not exist"));
        return new DeviceRequest(name, parent, spec, found.spec());
    }

    /// What devices must have in common, or must not.
    List<AttributeConstraint> constraints() {
        return claim.spec().struct("devices").seq("constraints").structs().stream().map(AttributeConstraint::new)
                .toList();
    }
}
