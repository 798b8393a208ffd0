package io.k3j.admissioncore;

import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Checks an object against one item of a limit range. Pure.
/// @param limit the item
/// @param wrong collects what is wrong
record LimitCheck(Struct limit, List<String> wrong) {

    void check(Struct object, boolean pod) {
        Struct spec = object.struct("spec");
        switch (limit.text("type")) {
            case "Container" -> {
                if (pod) {
                    spec.seq("containers").structs().forEach(c -> amounts(c.struct("resources").struct("requests"),
                            c.struct("resources").struct("limits"), "Container"));
                    spec.seq("initContainers").structs().forEach(c -> amounts(c.struct("resources").struct("requests"),
                            c.struct("resources").struct("limits"), "Container"));
                }
            }
            case "Pod" -> {
                if (pod) {
                    amounts(sum(spec, "requests"), sum(spec, "limits"), "Pod");
                }
            }
            case "PersistentVolumeClaim" -> {
                if (!pod) {
                    claim(spec.struct("resources").struct("requests"));
                }
            }
            default -> {
            }
        }
    }

    private static Struct sum(Struct spec, String side) {
        Map<String, Quantity> sum = new TreeMap<>();
        for (Struct c : spec.seq("containers").structs()) {
            c.struct("resources").struct(side).forEach((n, v) -> sum.merge(n, Quantity.of(v), Quantity::add));
        }
        for (Struct c : spec.seq("initContainers").structs()) {
            c.struct("resources").struct(side)
                    .forEach((n, v) -> sum.merge(n, Quantity.of(v), (a, b) -> a.compareTo(b) > 0 ? a : b));
        }
        Struct.Builder b = Struct.builder();
        sum.forEach((n, q) -> b.put(n, q.toString()));
        return b.build();
    }

    private void amounts(Struct requests, Struct limits, String what) {
        for (String name : limit.struct("min").names()) {
            least(name, requests, limits, what);
        }
        for (String name : limit.struct("max").names()) {
            most(name, requests, limits, what);
        }
        for (String name : limit.struct("maxLimitRequestRatio").names()) {
            ratio(name, requests, limits, what);
        }
    }

    private void least(String name, Struct requests, Struct limits, String what) {
        Quantity min = Quantity.of(limit.struct("min").get(name));
        String head = "minimum " + name + " usage per " + what + " is " + min;
        if (!requests.has(name)) {
            wrong.add(head + ".  No request is specified");
        } else if (Quantity.of(requests.get(name)).compareTo(min) < 0) {
            wrong.add(head + ", but request is " + Quantity.of(requests.get(name)));
        }
        if (limits.has(name) && Quantity.of(limits.get(name)).compareTo(min) < 0) {
            wrong.add(head + ", but limit is " + Quantity.of(limits.get(name)));
        }
    }

    private void most(String name, Struct requests, Struct limits, String what) {
        Quantity max = Quantity.of(limit.struct("max").get(name));
        String head = "maximum " + name + " usage per " + what + " is " + max;
        if (!limits.has(name)) {
            wrong.add(head + ".  No limit is specified");
        } else if (Quantity.of(limits.get(name)).compareTo(max) > 0) {
            wrong.add(head + ", but limit is " + Quantity.of(limits.get(name)));
        }
        if (requests.has(name) && Quantity.of(requests.get(name)).compareTo(max) > 0) {
            wrong.add(head + ", but request is " + Quantity.of(requests.get(name)));
        }
    }

    private void ratio(String name, Struct requests, Struct limits, String what) {
        Quantity most = Quantity.of(limit.struct("maxLimitRequestRatio").get(name));
        String head = name + " max limit to request ratio per " + what + " is " + most;
        Quantity request = Quantity.of(requests.get(name));
        Quantity of = Quantity.of(limits.get(name));
        if (request.signum() == 0 || of.signum() == 0) {
            wrong.add(head + ", but no request is specified or request is 0");
            return;
        }
        BigDecimal ratio = of.amount().divide(request.amount(), MathContext.DECIMAL64);
        if (ratio.compareTo(most.amount()) > 0) {
            wrong.add(head + ", but provided ratio is " + ratio.setScale(6, RoundingMode.HALF_UP));
        }
    }

    private void claim(Struct requests) {
        Quantity asked = Quantity.of(requests.get("storage"));
        for (String side : List.of("min", "max")) {
            if (!limit.struct(side).has("storage")) {
                continue;
            }
            Quantity bound = Quantity.of(limit.struct(side).get("storage"));
            boolean bad = side.equals("min") ? asked.compareTo(bound) < 0 : asked.compareTo(bound) > 0;
            if (bad) {
                wrong.add((side.equals("min") ? "minimum" : "maximum")
                        + " storage usage per PersistentVolumeClaim is " + bound + ", but request is " + asked);
            }
        }
    }
}
