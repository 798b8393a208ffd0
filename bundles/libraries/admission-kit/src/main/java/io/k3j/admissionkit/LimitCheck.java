package io.k3j.admissionkit;

import static java.util.Comparator.naturalOrder;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Struct;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/// Checks an object against one item of a limit range. Pure.
/// @param limit the item
/// @param wrong receives one message per violation
public record LimitCheck(Struct limit, List<String> wrong) {
    private static final ContainerAggregate<Map<String, Quantity>> SUM = new ContainerAggregate<>(Map.of(),
            (a, b) -> merged(a, b, Quantity::add), (a, b) -> merged(a, b, BinaryOperator.maxBy(naturalOrder())));

    /// @param object as it should be
    /// @param pod whether it is a pod; else a claim
    public void check(Struct object, boolean pod) {
        Struct spec = object.struct("spec");
        switch (limit.text("type")) {
            case "Container" -> {
                if (pod) {
                    spec.seq("containers").structs().forEach(c -> checkAmounts(c.struct("resources").struct("requests"),
                            c.struct("resources").struct("limits"), "Container"));
                    spec.seq("initContainers").structs()
                            .forEach(c -> checkAmounts(c.struct("resources").struct("requests"),
                                    c.struct("resources").struct("limits"), "Container"));
                }
            }
            case "Pod" -> {
                if (pod) {
                    checkAmounts(sum(spec, "requests"), sum(spec, "limits"), "Pod");
                }
            }
            case "PersistentVolumeClaim" -> {
                if (!pod) {
                    checkClaim(spec.struct("resources").struct("requests"));
                }
            }
            default -> {
            }
        }
    }

    private static Struct sum(Struct spec, String side) {
        Struct.Builder b = Struct.builder();
        SUM.of(spec, c -> amounts(c.struct("resources").struct(side))).forEach((n, q) -> b.put(n, q.toString()));
        // what the pod says as a whole stands for what its containers say
        spec.struct("resources").struct(side).forEach((n, q) -> {
            if (n.equals("cpu") || n.equals("memory") || n.startsWith("hugepages-")) {
                b.put(n, q);
            }
        });
        return b.build();
    }

    private static Map<String, Quantity> amounts(Struct given) {
        Map<String, Quantity> amounts = new TreeMap<>();
        given.forEach((n, v) -> amounts.put(n, Quantity.of(v)));
        return amounts;
    }

    private static Map<String, Quantity> merged(Map<String, Quantity> one, Map<String, Quantity> other,
            BinaryOperator<Quantity> how) {
        Map<String, Quantity> both = new TreeMap<>(one);
        other.forEach((n, q) -> both.merge(n, q, how));
        return both;
    }

    private void checkAmounts(Struct requests, Struct limits, String what) {
        for (String name : limit.struct("min").names()) {
            checkMin(name, requests, limits, what);
        }
        for (String name : limit.struct("max").names()) {
            checkMax(name, requests, limits, what);
        }
        for (String name : limit.struct("maxLimitRequestRatio").names()) {
            checkRatio(name, requests, limits, what);
        }
    }

    /// One problem at most, as upstream tells them: of the request, else of the limit.
    private void checkMin(String name, Struct requests, Struct limits, String what) {
        Quantity min = Quantity.of(limit.struct("min").get(name));
        String head = "minimum " + name + " usage per " + what + " is " + min;
        if (!requests.has(name)) {
            wrong.add(head + ".  No request is specified");
        } else if (Quantity.of(requests.get(name)).compareTo(min) < 0) {
            wrong.add(head + ", but request is " + Quantity.of(requests.get(name)));
        } else if (limits.has(name) && Quantity.of(limits.get(name)).compareTo(min) < 0) {
            wrong.add(head + ", but limit is " + Quantity.of(limits.get(name)));
        }
    }

    /// One problem at most: of the limit, else of the request.
    private void checkMax(String name, Struct requests, Struct limits, String what) {
        Quantity max = Quantity.of(limit.struct("max").get(name));
        String head = "maximum " + name + " usage per " + what + " is " + max;
        if (!limits.has(name)) {
            wrong.add(head + ".  No limit is specified");
        } else if (Quantity.of(limits.get(name)).compareTo(max) > 0) {
            wrong.add(head + ", but limit is " + Quantity.of(limits.get(name)));
        } else if (requests.has(name) && Quantity.of(requests.get(name)).compareTo(max) > 0) {
            wrong.add(head + ", but request is " + Quantity.of(requests.get(name)));
        }
    }

    private void checkRatio(String name, Struct requests, Struct limits, String what) {
        Quantity maxRatio = Quantity.of(limit.struct("maxLimitRequestRatio").get(name));
        String head = name + " max limit to request ratio per " + what + " is " + maxRatio;
        Quantity request = Quantity.of(requests.get(name));
        Quantity granted = Quantity.of(limits.get(name));
        if (request.signum() == 0 || granted.signum() == 0) {
            String side = request.signum() == 0 ? "request" : "limit";
            wrong.add(head + ", but no " + side + " is specified or " + side + " is 0");
            return;
        }
        BigDecimal ratio = granted.amount().divide(request.amount(), MathContext.DECIMAL64);
        if (ratio.compareTo(maxRatio.amount()) > 0) {
            wrong.add(head + ", but provided ratio is " + ratio.setScale(6, RoundingMode.HALF_UP));
        }
    }

    private void checkClaim(Struct requests) {
        Quantity asked = Quantity.of(requests.get("storage"));
        for (String side : List.of("min", "max")) {
            if (!limit.struct(side).has("storage")) {
                continue;
            }
            Quantity bound = Quantity.of(limit.struct(side).get("storage"));
            String head = (side.equals("min") ? "minimum" : "maximum") + " storage usage per PersistentVolumeClaim is "
                    + bound;
            if (!requests.has("storage")) {
                wrong.add(head + ".  No request is specified");
                continue;
            }
            boolean bad = side.equals("min") ? asked.compareTo(bound) < 0 : asked.compareTo(bound) > 0;
            if (bad) {
                wrong.add(head + ", but request is " + asked);
            }
        }
    }
}
