package io.k3j.objectregistry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether everything is there that a [Slot] should hold: the one place where this is decided. What is missed is waited
/// for and then answered with 503, never taken for a no or a yes.
///
/// *Declared* is what flags name: authorization modes and admission plug-ins. Of everything else nobody in reach of
/// this bundle says that it is wanted: a `feature.json` names bundles and not what they contribute, `Plan` is
/// reserved, and `Components` keeps anyone who asks waiting for the very swap that is under way. There *history*
/// stands in: of each owner as many sorts of services as there were at once at most. What another owner brings does not
/// stand for them. Whoever runs plug-ins may know better: an owner that had services before this server was started,
/// and is not here, is missed for as long as it is *told* so. Called by its slot, one call at a time.
public final class Completeness<T> {
    private static final System.Logger LOG = System.getLogger("io.k3j.objectregistry");
    private final Set<String> declared;
    private final Function<Slot.Entry<T>, String> name;
    private final Predicate<T> remembers;
    /// So many sorts were there at once at most, by the owner.
    private final Map<String, Integer> most = new TreeMap<>();
    /// Owners of services that do not run, as whoever runs them says.
    private final Set<String> told = new TreeSet<>();

    private Completeness(Set<String> declared, Function<Slot.Entry<T>, String> name, Predicate<T> remembers) {
        this.declared = Set.copyOf(declared);
        this.name = name;
        this.remembers = remembers;
    }

    /// Complete when there is a service of each name.
    ///
    /// @param names that are wanted; none: always complete
    /// @param name of a service, which is told by its properties
    public static <T> Completeness<T> declared(Set<String> names, Function<Slot.Entry<T>, String> name) {
        return new Completeness<>(names, name, _ -> false);
    }

    /// Complete when there are as many sorts of each owner as there ever were, but of those that were taken out for
    /// good ([Slot#forget]).
    public static <T> Completeness<T> remembered() {
        return new Completeness<>(Set.of(), e -> "", _ -> true);
    }

    /// Complete when both hold.
    public static <T> Completeness<T> declaredAndRemembered(Set<String> names, Function<Slot.Entry<T>, String> name) {
        return declaredAndRemembered(names, name, _ -> true);
    }

    /// Complete when both hold, where not all that have been there are missed.
    /// @param remembers those that are
    public static <T> Completeness<T> declaredAndRemembered(Set<String> names, Function<Slot.Entry<T>, String> name,
            Predicate<T> remembers) {
        return new Completeness<>(names, name, remembers);
    }

    /// The same with its name, which is asked for here and nowhere else. One that does not tell it has none: it is
    /// there all the same, and answers for itself.
    Slot.Entry<T> named(Slot.Entry<T> entry) {
        String told = "";
        try {
            told = name.apply(entry);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Contributed service does not tell its name sort=" + entry.sort(), e);
        }
        return new Slot.Entry<>(entry.service(), entry.properties(), entry.sort(), told == null ? "" : told);
    }

    /// The name of a declared service that is missed among these; null when none is.
    @Nullable
    String missingName(List<Slot.Entry<T>> present) {
        Set<String> away = new TreeSet<>(declared);
        present.forEach(one -> away.remove(one.name()));
        return away.isEmpty() ? null : away.iterator().next();
    }

    /// An owner that had more than there is of it among these, or of which there is nothing although it is told to be
    /// missed; null when there is none.
    /// Remembers what it sees, so it is asked once for each change. Calls no service.
    @Nullable
    String missingOwner(List<Slot.Entry<T>> present) {
        Map<String, Set<String>> now = sorts(present);
        now.forEach((owner, sorts) -> most.merge(owner, sorts.size(), Math::max));
        return Stream.concat(told.stream().filter(owner -> !now.containsKey(owner)), most.entrySet().stream()
                .filter(one -> now.getOrDefault(one.getKey(), Set.of()).size() < one.getValue())
                .map(Map.Entry::getKey)).findFirst().orElse(null);
    }

    /// Whoever runs an owner says that it had such services and does not run, or that it is not missed any more.
    void told(String owner, boolean missed) {
        if (missed) {
            told.add(owner);
        } else {
            told.remove(owner);
        }
    }

    /// What this owner had is not missed any more: it was taken out for good.
    void forget(String owner) {
        most.remove(owner);
    }

    /// Two generations of one bundle stand side by side for a while: they count once.
    private Map<String, Set<String>> sorts(List<Slot.Entry<T>> present) {
        return present.stream().filter(e -> remembers.test(e.service()))
                .collect(Collectors.groupingBy(Slot.Entry::owner,
                        Collectors.mapping(Slot.Entry::sort, Collectors.toSet())));
    }
}
