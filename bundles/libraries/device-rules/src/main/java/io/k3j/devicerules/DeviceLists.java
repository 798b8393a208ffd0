package io.k3j.devicerules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Lists of bounded length, as upstream's `validateSlice` and `validateSet`: of one that is too long no element is
/// looked at. Pure.
final class DeviceLists {
    private DeviceLists() {
    }

    /// Checks each object of a list.
    ///
    /// @param at where the field stands
    static void each(Struct of, String field, int most, Problems at, BiConsumer<Struct, Problems> check) {
        Seq list = of.seq(field);
        if (list.size() > most) {
            at.at(field).tooMany(list.size(), most);
            return;
        }
        for (int i = 0; i < list.size() && !at.full(); i++) {
            check.accept(list.struct(i), at.at(field, i));
        }
    }

    /// Checks each text of a list.
    static void texts(Struct of, String field, int most, Problems at, BiConsumer<String, Problems> check) {
        Seq list = of.seq(field);
        if (list.size() > most) {
            at.at(field).tooMany(list.size(), most);
            return;
        }
        for (int i = 0; i < list.size() && !at.full(); i++) {
            check.accept(list.text(i), at.at(field, i));
        }
    }

    /// Objects of a list that is not too long must have different keys.
    static void unique(Struct of, String field, int most, Problems at, Function<Struct, String> key) {
        Seq list = of.seq(field);
        Set<String> seen = new HashSet<>();
        for (int i = 0; list.size() <= most && i < list.size() && !at.full(); i++) {
            String name = key.apply(list.struct(i));
            if (!seen.add(name)) {
                at.at(field, i).duplicate(name);
            }
        }
    }

    /// Texts of a list that is not too long must be different.
    static void unique(Struct of, String field, int most, Problems at) {
        Seq list = of.seq(field);
        Set<String> seen = new HashSet<>();
        for (int i = 0; list.size() <= most && i < list.size() && !at.full(); i++) {
            if (!seen.add(list.text(i))) {
                at.at(field, i).duplicate(list.text(i));
            }
        }
    }
}
