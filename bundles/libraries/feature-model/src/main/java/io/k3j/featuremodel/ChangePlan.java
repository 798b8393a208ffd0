package io.k3j.featuremodel;

import io.k3j.componentapi.SwapPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A change that was asked for, as the steps that make it. Pure: nothing is done here.
///
/// @param what one word: `swap`, `back`, `enable`, `disable`
/// @param name what is changed, as an operator knows it
/// @param from the bundle that runs before, if one is replaced; else the first one concerned
/// @param to the bundle that runs afterwards; equal to `from` when none is replaced
/// @param steps in their order
public record ChangePlan(String what, String name, Handle from, Handle to, List<Step> steps) {
    /// Copies the list.
    public ChangePlan {
        steps = List.copyOf(steps);
    }

    /// A bundle takes the place of another one. Nothing is stopped before the new one is known to resolve, and the
    /// old one stays installed until the new one is healthy and chosen.
    ///
    /// ```
    /// PARALLEL   install · resolve · start new · healthy · choose · stop old · remove old
    /// REPLACE    install · resolve · stop old · start new · healthy · choose · remove old
    /// ```
    public static ChangePlan ofBundle(String what, SwapPolicy policy, Handle from, Handle to) {
        List<Step> steps = new ArrayList<>(List.of(new Step.Install(to), new Step.Resolve(to)));
        if (policy == SwapPolicy.PARALLEL) {
            steps.addAll(List.of(new Step.Start(to), new Step.Healthy(to, from), new Step.Choose(to, from),
                    new Step.Stop(from)));
        } else {
            steps.addAll(List.of(new Step.Stop(from), new Step.Start(to), new Step.Healthy(to, from),
                    new Step.Choose(to, from)));
        }
        if (!from.isShipped()) {
            steps.add(new Step.Remove(from));
        }
        return new ChangePlan(what, to.symbolicName(), from, to, steps);
    }

    /// The same, beginning with a copy of the jar.
    /// @param bytes what is copied
    /// @param file how the operator knows it
    public ChangePlan keeping(Path bytes, Path file) {
        List<Step> all = new ArrayList<>(List.of(new Step.Keep(to, bytes, file)));
        all.addAll(steps);
        return new ChangePlan(what, name, from, to, all);
    }

    /// The same without some of its steps.
    public ChangePlan without(Predicate<Step> some) {
        return new ChangePlan(what, name, from, to, steps.stream().filter(some.negate()).toList());
    }

    /// The number of steps after which it is finished, not undone: up to the one that records it.
    int committed() {
        for (int i = 0; i < steps.size(); i++) {
            switch (steps.get(i)) {
                case Step.Choose _,Step.Decide _,Step.Plug _,Step.Unplug _ -> {
                    return i + 1;
                }
                default -> {
                    // it comes later
                }
            }
        }
        return steps.size();
    }

    /// The steps as an operator reads them.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            lines.add((i + 1) + ". " + steps.get(i).text());
        }
        return lines;
    }
}
