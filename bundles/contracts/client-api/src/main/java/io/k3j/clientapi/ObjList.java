package io.k3j.clientapi;

import io.k3j.model.Obj;
import java.util.List;

/// The answer of a list, and the revision it was true at.
public record ObjList(List<Obj> items, long revision) {
}
