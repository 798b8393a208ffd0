package io.k3j.endpointcontrollers;

import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// The slices of one Service and one address family while their hints are decided; its lists change. For one thread.
///
/// @param create slices to create
/// @param update slices to update
/// @param unchanged slices that stay as they are, so far
record FamilySlices(List<Obj> create, List<Obj> update, List<Obj> unchanged) {

    /// Those of a family.
    static FamilySlices of(String family, Collection<Obj> create, Collection<Obj> update, Collection<Obj> unchanged) {
        return new FamilySlices(of(family, create), of(family, update), of(family, unchanged));
    }

    private static List<Obj> of(String family, Collection<Obj> slices) {
        List<Obj> some = new ArrayList<>(slices);
        some.removeIf(s -> !s.tree().text("addressType").equals(family));
        return some;
    }

    /// How many ready endpoints there are in all.
    int ready() {
        return Stream.of(create, update, unchanged).flatMap(List::stream).mapToInt(s -> HintAllocation.ready(s).size())
                .sum();
    }

    /// Takes hints away from all of them.
    void strip() {
        update.addAll(unchanged);
        unchanged.clear();
        create.replaceAll(FamilySlices::bare);
        update.replaceAll(FamilySlices::bare);
    }

    private static Obj bare(Obj slice) {
        return slice.with(slice.tree().seq("endpoints").mapped(e -> e.without("hints")), "endpoints");
    }

    /// Gives hints to all that cannot stay as they are.
    ///
    /// @return false when one of their ready endpoints has no zone: then the hints are as they were
    boolean hint(HintAllocation allocation) {
        for (Obj slice : List.copyOf(unchanged)) {
            if (!allocation.keeps(slice)) {
                unchanged.remove(slice);
                update.add(slice);
            }
        }
        if (changing().flatMap(s -> HintAllocation.ready(s).stream()).anyMatch(e -> e.text("zone").isEmpty())) {
            return false;
        }
        List<Obj> hinted = allocation.assign(changing().toList());
        List<Obj> created = List.copyOf(hinted.subList(0, create.size()));
        List<Obj> updated = List.copyOf(hinted.subList(create.size(), hinted.size()));
        create.clear();
        create.addAll(created);
        update.clear();
        update.addAll(updated);
        return true;
    }

    private Stream<Obj> changing() {
        return Stream.concat(create.stream(), update.stream());
    }
}
