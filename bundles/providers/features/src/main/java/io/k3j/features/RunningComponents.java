package io.k3j.features;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The components as the console shows and changes them. Changes are exclusive: one at a time.
final class RunningComponents implements Components {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final ComponentList list;
    private final ChosenBundles chosen;
    private final Swaps swaps;
    private final Stops stops;
    private final ReentrantLock changing = new ReentrantLock();

    RunningComponents(ComponentList list, ChosenBundles chosen, Swaps swaps, Stops stops) {
        this.list = list;
        this.chosen = chosen;
        this.swaps = swaps;
        this.stops = stops;
    }

    @Override
    public List<Component> list() {
        return list.all();
    }

    @Override
    public List<String> check(Path jar) {
        try {
            return swaps.obstacles(JarFacts.read(jar), list.wanted());
        } catch (FeatureProblem e) {
            return List.of(e.getMessage());
        }
    }

    @Override
    public Component swap(Path jar, Consumer<String> progress) {
        return exclusively(() -> {
            JarFacts facts = JarFacts.read(jar);
            List<String> obstacles = swaps.obstacles(facts, list.wanted());
            if (!obstacles.isEmpty()) {
                throw new SwapRefused(String.join("; ", obstacles));
            }
            String name = facts.symbolicName();
            swaps.swap(name, chosen.keep(facts), Swaps.policy(name, list.wanted()), progress);
            chosen.advance(name, name + "-" + facts.shortDigest() + ".jar");
            return logChange(name, "swapped");
        });
    }

    @Override
    public Component back(String name, Consumer<String> progress) {
        return exclusively(() -> {
            String symbolicName = list.named(name).symbolicName();
            String previous = chosen.previous(symbolicName);
            if (previous.isEmpty()) {
                throw new SwapRefused(name + " was not swapped, there is nothing to go back to");
            }
            swaps.swap(symbolicName, previous, Swaps.policy(symbolicName, list.wanted()), progress);
            chosen.goBack(symbolicName);
            return logChange(symbolicName, "went back");
        });
    }

    @Override
    public Component stop(String name) {
        return exclusively(() -> {
            Component component = list.named(name);
            stops.stop(component.name(), list.part(component));
            return logChange(component.symbolicName(), "stopped");
        });
    }

    @Override
    public Component start(String name) {
        return exclusively(() -> {
            Component component = list.named(name);
            stops.start(component.name(), list.part(component));
            return logChange(component.symbolicName(), "started");
        });
    }

    private Component exclusively(Supplier<Component> action) {
        changing.lock();
        try {
            return action.get();
        } catch (FeatureProblem e) {
            throw new SwapRefused(String.valueOf(e.getMessage()), e);
        } finally {
            changing.unlock();
        }
    }

    private Component logChange(String symbolicName, String what) {
        list.recordChange(symbolicName);
        LOG.log(System.Logger.Level.INFO, "Bundle changed bundle={0} change={1} choice={2}", symbolicName, what,
                chosen.current(symbolicName));
        return list.named(symbolicName);
    }
}
