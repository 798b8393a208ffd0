package io.k3j.apiserverrules;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.flowcontrol.BootstrapConfiguration;
import io.k3j.flowcontrol.ShuffleSharding;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// Rules of PriorityLevelConfigurations: upstream's `pkg/apis/flowcontrol/validation` of 1.36 with its messages, by
/// which `limited` has one share at least. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/priority-level-configuration-v1/>.
final class PriorityLevelRules implements KindRules {
    private static final String EXEMPT = "exempt";
    private static final String LIMITED = "limited";
    private static final String SHARES = "nominalConcurrencyShares";
    private static final String LENDABLE = "lendablePercent";
    private static final String BORROWING = "borrowingLimitPercent";
    /// By which v1beta3 tells zero shares from none.
    private static final String KEEPS_ZERO = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";
    private static final int PERCENT = 100;

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", PriorityLevelRules::level);
    }

    private static Struct level(Struct spec) {
        Struct s = Fill.inside(spec, EXEMPT, e -> Fill.in(e, SHARES, 0L, LENDABLE, 0L));
        return Fill.inside(s, LIMITED, l -> Fill.inside(Fill.in(l, SHARES, 30L, LENDABLE, 0L), "limitResponse",
                r -> Fill.inside(r, "queuing", PriorityLevelRules::queues)));
    }

    private static Struct queues(Struct queuing) {
        return Fill.zero(Fill.zero(Fill.zero(queuing, "queues", 64), "handSize", 8), "queueLengthLimit", 50);
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        FlowSchemaRules.conditions(o.struct("status").seq("conditions"), problems.at("status"));
        if (!write.subresource().isEmpty()) {
            return;
        }
        Struct metadata = o.struct("metadata");
        if (metadata.struct("annotations").has(KEEPS_ZERO)) {
            problems.at("metadata").at("annotations").forbidden("annotation '" + KEEPS_ZERO + "' is forbidden");
        }
        Struct spec = o.struct("spec");
        type(spec, metadata.text("name"), problems.at("spec"));
        mandatory(spec, metadata.text("name"), problems.at("spec"));
    }

    private static void type(Struct spec, String name, Problems p) {
        String type = spec.text("type");
        if (name.equals(EXEMPT) != type.equals("Exempt")) {
            p.at("type").invalid(type, "type must be 'Exempt' if and only if name is 'exempt'");
        }
        switch (type) {
            case "Exempt" -> {
                if (spec.has(LIMITED)) {
                    p.at(LIMITED).forbidden("must be nil if the type is not Limited");
                }
                if (spec.has(EXEMPT)) {
                    exempt(spec.struct(EXEMPT), p.at(EXEMPT));
                }
            }
            case "Limited" -> {
                if (spec.has(EXEMPT)) {
                    p.at(EXEMPT).forbidden("must be nil if the type is Limited");
                }
                if (spec.has(LIMITED)) {
                    limited(spec.struct(LIMITED), p.at(LIMITED));
                } else {
                    p.at(LIMITED).required("must not be empty when type is Limited");
                }
            }
            default -> p.add(FieldProblem.unsupported(p.at("type").path(), type, "\"Exempt\", \"Limited\""));
        }
    }

    /// Of what every cluster has, only what exempt requests leave to others may be changed.
    private static void mandatory(Struct spec, String name, Problems p) {
        Struct object = BootstrapConfiguration.mandatoryLevel(name);
        if (object == null) {
            return;
        }
        Struct fixed = object.struct("spec");
        boolean exempt = name.equals(EXEMPT);
        if (exempt ? !fixed.without(EXEMPT).equals(spec.without(EXEMPT)) : !fixed.equals(spec)) {
            p.invalid(spec, "spec of '" + name + "'" + (exempt ? " except the 'spec.exempt' field" : "")
                    + " must equal the fixed value");
        }
    }

    private static void exempt(Struct exempt, Problems p) {
        if (exempt.whole(SHARES, 0) < 0) {
            p.at(SHARES).invalid(exempt.whole(SHARES, 0), "must be a non-negative integer");
        }
        lendable(exempt, p);
    }

    private static void limited(Struct limited, Problems p) {
        positive(limited, SHARES, p);
        response(limited.struct("limitResponse"), p.at("limitResponse"));
        lendable(limited, p);
        if (limited.whole(BORROWING, 0) < 0) {
            p.at(BORROWING).invalid(limited.whole(BORROWING, 0), "if specified, must be a non-negative integer");
        }
    }

    private static void lendable(Struct of, Problems p) {
        long percent = of.whole(LENDABLE, 0);
        if (percent < 0 || percent > PERCENT) {
            p.at(LENDABLE).invalid(percent, "must be between 0 and 100, inclusive");
        }
    }

    /// @return whether it is
    private static boolean positive(Struct of, String field, Problems p) {
        long value = of.whole(field, 0);
        if (value <= 0) {
            p.at(field).invalid(value, "must be positive");
        }
        return value > 0;
    }

    private static void response(Struct response, Problems p) {
        switch (response.text("type")) {
            case "Reject" -> {
                if (response.has("queuing")) {
                    p.at("queuing").forbidden("must be nil if limited.limitResponse.type is not Limited");
                }
            }
            case "Queue" -> {
                if (response.has("queuing")) {
                    queuing(response.struct("queuing"), p.at("queuing"));
                } else {
                    p.at("queuing").required("must not be empty if limited.limitResponse.type is Limited");
                }
            }
            default -> p.add(FieldProblem.unsupported(p.at("type").path(), response.text("type"),
                    "\"Queue\", \"Reject\""));
        }
    }

    private static void queuing(Struct queuing, Problems p) {
        positive(queuing, "queueLengthLimit", p);
        long queues = queuing.whole("queues", 0);
        if (positive(queuing, "queues", p) && queues > ShuffleSharding.MOST_QUEUES) {
            p.at("queues").invalid(queues, "must not be greater than " + ShuffleSharding.MOST_QUEUES);
        }
        long hand = queuing.whole("handSize", 0);
        if (!positive(queuing, "handSize", p)) {
            return;
        }
        if (hand > queues) {
            p.at("handSize").invalid(hand, "should not be greater than queues (" + queues + ")");
        } else if (ShuffleSharding.bits(queues, hand) > ShuffleSharding.MOST_BITS) {
            p.at("handSize").invalid(hand, "required entropy bits of deckSize " + queues + " and handSize " + hand
                    + " should not be greater than " + ShuffleSharding.MOST_BITS);
        }
    }
}
