"""How clean the edges of cut-outs are, on subjects drawn with exactly known coverage; and how fast."""
